import { faultKind } from "../../fault.ts";
import { argv, duration } from "../parameter.ts";

export const command = faultKind({
  name: "command",
  says: "Runs your own commands, in the plan's folder, to break something, to see that it is broken, and to mend it. No shell is involved.",
  needs: ["command"],
  defaultSelector: {},
  parameters: {
    check: argv("Exits 0 while all is well; asked before and after.", []),
    inject: argv("Breaks it. {target}, {role} and {node} in a word stand for the target's."),
    verify: argv("Exits 0 once it is broken; the first line that it prints is the witness."),
    heal: argv("Mends it. Must be harmless when nothing is broken."),
    deadline: duration("For each of the commands.", 30_000),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false },
  alone: "nobody knows what the plan's own commands touch",
  changes: (targets, parameters) => targets.map((target) => ({ capability: "command", target, parameters })),
});
