import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";

export const powerOffNode = faultKind({
  name: "power-off-node",
  says: "Ends a node and everything on it at once, as a power cut does; boots it at the end.",
  needs: ["power"],
  defaultSelector: { role: "node" },
  parameters: {},
  traits: { stops: "machines", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: "it ends the node with everything that other faults have changed there",
  changes: (targets, _parameters, all) =>
    nodesOf(targets, all).map((target) => ({ capability: "power", target, parameters: {} })),
});
