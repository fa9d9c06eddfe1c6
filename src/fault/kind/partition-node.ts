import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { choice } from "../parameter.ts";

export const partitionNode = faultKind({
  name: "partition-node",
  says: "Cuts a node off from everybody, in both directions.",
  needs: ["cut"],
  defaultSelector: { role: "node" },
  parameters: {
    how: choice(
      "drop: silence; reject: an answer that says no; link: the network card down.",
      "drop",
      "reject",
      "link",
    ),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false },
  alone: null,
  changes: (targets, { how }, all) =>
    nodesOf(targets, all).map((target) => ({
      capability: "cut",
      target,
      parameters: { direction: "both", peers: [], how },
    })),
});
