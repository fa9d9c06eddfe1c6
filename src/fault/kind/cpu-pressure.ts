import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { percent } from "../parameter.ts";

export const cpuPressure = faultKind({
  name: "cpu-pressure",
  says: "Limits everything on a node to a small share of one CPU.",
  needs: ["cpu"],
  defaultSelector: { role: "node" },
  parameters: { leave: percent("Share of one CPU that is left, in percent.", 20) },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { leave }, all) =>
    nodesOf(targets, all).map((target) => ({ capability: "cpu", target, parameters: { leavePercent: leave } })),
});
