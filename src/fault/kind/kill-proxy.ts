import { faultKind } from "../../fault.ts";

export const killProxy = faultKind({
  name: "kill-proxy",
  says: "Kills the proxy in front of the app and the databases; the platform has to start it again.",
  needs: ["stop"],
  defaultSelector: { role: "haproxy" },
  parameters: {},
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: (targets) =>
    targets.map((target) => ({
      capability: "stop",
      target,
      parameters: { stayDown: false, signal: "KILL" },
      undo: false,
    })),
});
