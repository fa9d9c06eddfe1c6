import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { percent } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const packetLoss = faultKind({
  name: "packet-loss",
  says: "Drops a share of the packets that reach a node.",
  needs: ["drop"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: { lost: percent("Share of packets lost, in percent.", 10), peers: peers() },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: true },
  alone: null,
  changes: (targets, { lost, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "drop",
      target,
      parameters: { percent: lost, peers: peersOf(target, given, all, random) },
    })),
});
