import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { duration } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const latency = faultKind({
  name: "latency",
  says: "Delays every packet of a node, in both directions.",
  needs: ["delay"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    latency: duration("Delay added in each direction; the round trip grows by twice that.", 100),
    peers: peers(),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { latencyMs, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "delay",
      target,
      parameters: { latencyMs, jitterMs: 0, peers: peersOf(target, given, all, random) },
    })),
});
