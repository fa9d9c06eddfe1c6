import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { whole } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const bandwidth = faultKind({
  name: "bandwidth",
  says: "Narrows a node's network card, both ways.",
  needs: ["bandwidth"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    kilobitsPerSecond: whole("Limit each way, for all peers together.", 1_000, 8, 10_000_000),
    peers: peers(),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true },
  alone: "it and the faults that delay would take the same network card apart",
  changes: (targets, { kilobitsPerSecond, peers: given }, all, random) =>
    nodesOf(targets, all).map((target) => ({
      capability: "bandwidth",
      target,
      parameters: { kilobitsPerSecond, peers: peersOf(target, given, all, random) },
    })),
});
