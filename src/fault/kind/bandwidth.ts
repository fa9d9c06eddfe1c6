import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { whole } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const bandwidth = faultKind({
  name: "bandwidth",
  says: "Limits the bandwidth of a node's network interface, in both directions.",
  needs: ["bandwidth"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    kilobitsPerSecond: whole("Limit in each direction, for all peers together.", 1_000, 8, 10_000_000),
    peers: peers(),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: "it and the faults that delay packets configure the same network interface",
  changes: (targets, { kilobitsPerSecond, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "bandwidth",
      target,
      parameters: { kilobitsPerSecond, peers: peersOf(target, given, all, random) },
    })),
});
