import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { choice } from "../parameter.ts";

export const partitionNode = faultKind({
  name: "partition-node",
  says: "Cuts a node off from everything else, in both directions.",
  needs: ["cut"],
  defaultSelector: { role: "node" },
  parameters: {
    how: choice(
      "drop: no answer; reject: an answer that refuses; link: the network interface is down.",
      "drop",
      "reject",
      "link",
    ),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: true },
  alone: null,
  changes: (targets, { how }, all) =>
    nodesOf(targets, all).map((target) => ({
      capability: "cut",
      target,
      parameters: { direction: "both", peers: [], how },
    })),
});
