import { faultKind } from "../../fault.ts";

export const killMember = faultKind({
  name: "kill-member",
  says: "Kills any member (a standby, a replica of Redis, a sentinel) and keeps it down while the fault holds.",
  needs: ["stop"],
  defaultSelector: { role: "postgres", leader: false },
  parameters: {},
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: (targets) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: true, signal: "KILL" } })),
});
