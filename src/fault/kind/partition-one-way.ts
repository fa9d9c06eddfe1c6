import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { choice } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const partitionOneWay = faultKind({
  name: "partition-one-way",
  says: "Cuts a node off in one direction only: it receives but cannot send, or the reverse.",
  needs: ["cut"],
  defaultSelector: { role: "node" },
  parameters: { direction: choice("out: the node cannot send; in: it cannot receive.", "out", "in"), peers: peers() },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: true },
  alone: null,
  changes: (targets, { direction, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "cut",
      target,
      parameters: { direction, peers: peersOf(target, given, all, random), how: "drop" },
    })),
});
