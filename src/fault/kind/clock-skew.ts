import { faultKind } from "../../fault.ts";
import { signedDuration } from "../parameter.ts";

export const clockSkew = faultKind({
  name: "clock-skew",
  says: "Moves the clock that a target sees, ahead or behind.",
  needs: ["clock"],
  defaultSelector: { role: "app" },
  parameters: { offset: signedDuration("How far ahead; negative: behind.", 300_000) },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false },
  alone: "it restarts its target without what other faults have put on it",
  changes: (targets, { offsetMs }) =>
    targets.map((target) => ({ capability: "clock", target, parameters: { offsetMs } })),
});
