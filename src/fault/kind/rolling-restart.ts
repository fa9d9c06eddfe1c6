import { faultKind } from "../../fault.ts";
import { duration } from "../parameter.ts";

export const rollingRestart = faultKind({
  name: "rolling-restart",
  says: "Restarts targets one after another, each after the one before it is back.",
  needs: ["restart"],
  defaultSelector: { role: "app", percent: 100 },
  parameters: {
    grace: duration("Time that each target has to end by itself before it is killed.", 10_000),
    pause: duration("Pause between the return of one target and the restart of the next.", 1_000),
  },
  rounds: "each-target",
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: "it waits for each target to be back before it restarts the next, which another fault may prevent",
  changes: (targets, { graceMs }) =>
    targets.map((target) => ({ capability: "restart", target, parameters: { graceMs }, undo: false })),
});
