import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { duration } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const jitter = faultKind({
  name: "jitter",
  says: "Makes every packet of a node late by a time that keeps changing.",
  needs: ["delay"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    latency: duration("Added each way on average.", 50),
    jitter: duration("At most this much more or less, evenly spread.", 50),
    peers: peers(),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true },
  alone: null,
  changes: (targets, { latencyMs, jitterMs, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "delay",
      target,
      parameters: { latencyMs, jitterMs, peers: peersOf(target, given, all, random) },
    })),
});
