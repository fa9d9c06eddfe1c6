import { faultKind } from "../../fault.ts";
import { nodesOf, otherNodes } from "../nodes.ts";
import { choice } from "../parameter.ts";

export const isolateLeader = faultKind({
  name: "isolate-leader",
  says: "Isolates the leader's node: no other node reaches it, while clients, proxy and etcd still do.",
  needs: ["cut"],
  defaultSelector: { role: "postgres" },
  always: { leader: true },
  parameters: { how: choice("drop: no answer; reject: an answer that refuses.", "drop", "reject") },
  traits: { stops: "nothing", takesLeader: true, recoversOnlyAfterHeal: false, severs: true },
  alone: null,
  changes: (targets, { how }, all) =>
    nodesOf(targets, all).map((target) => ({
      capability: "cut",
      target,
      parameters: { direction: "both", peers: otherNodes([target], all).map((node) => node.node), how },
    })),
});
