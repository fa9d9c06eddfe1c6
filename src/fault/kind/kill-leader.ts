import { faultKind } from "../../fault.ts";

export const killLeader = faultKind({
  name: "kill-leader",
  says: "Kills the leader of a database together with its supervisor and keeps it down while the fault holds.",
  needs: ["stop"],
  defaultSelector: { role: "postgres" },
  always: { leader: true },
  parameters: {},
  traits: { stops: "processes", takesLeader: true, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: (targets) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: true, signal: "KILL" } })),
});
