import { faultKind } from "../../fault.ts";
import { choice } from "../parameter.ts";

export const killReplicas = faultKind({
  name: "kill-replicas",
  says: "Kills replicas of the app at the same moment; the platform has to start them again.",
  needs: ["stop"],
  defaultSelector: { role: "app", count: 2 },
  parameters: { signal: choice("KILL: ends at once; TERM: is asked to end.", "KILL", "TERM") },
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: (targets, { signal }) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: false, signal }, undo: false })),
});
