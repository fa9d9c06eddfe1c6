import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { duration } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const jitter = faultKind({
  name: "jitter",
  says: "Delays every packet of a node by a time that keeps changing.",
  needs: ["delay"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    latency: duration("Average delay added in each direction.", 50),
    jitter: duration("The delay varies by at most this much in either direction, uniformly distributed.", 50),
    peers: peers(),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { latencyMs, jitterMs, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "delay",
      target,
      parameters: { latencyMs, jitterMs, peers: peersOf(target, given, all, random) },
    })),
});
