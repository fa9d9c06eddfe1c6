import { faultKind } from "../../fault.ts";
import { argv, duration } from "../parameter.ts";

export const command = faultKind({
  name: "command",
  says: "Runs your own commands, in the plan's folder, to break something, to check that it is broken, and to repair it. No shell is involved.",
  needs: ["command"],
  defaultSelector: {},
  parameters: {
    check: argv("Exits 0 while all is well; run before and after the fault.", []),
    inject: argv("Breaks it. {target}, {role} and {node} in a word stand for the target's."),
    verify: argv("Exits 0 once it is broken; the first line that it prints is the witness."),
    heal: argv("Repairs it. Must be harmless when nothing is broken."),
    deadline: duration("For each of the commands.", 30_000),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: "nothing is known about what the plan's own commands affect",
  changes: (targets, parameters) => targets.map((target) => ({ capability: "command", target, parameters })),
});
