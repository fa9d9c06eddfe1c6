import { faultKind } from "../../fault.ts";
import { signedDuration } from "../parameter.ts";

export const clockSkew = faultKind({
  name: "clock-skew",
  says: "Moves the clock that a target sees forward or back.",
  needs: ["clock"],
  defaultSelector: { role: "app" },
  parameters: { offset: signedDuration("How far forward; a negative value moves it back.", 300_000) },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: "it restarts its target without the changes of other faults",
  changes: (targets, { offsetMs }) =>
    targets.map((target) => ({ capability: "clock", target, parameters: { offsetMs } })),
});
