import { faultKind } from "../../fault.ts";
import { percent } from "../parameter.ts";
import { peers, peersOf } from "../peers.ts";

export const connectionReset = faultKind({
  name: "connection-reset",
  says: "Resets connections to a target, including existing ones, for as long as the fault holds.",
  needs: ["reset"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: { segments: percent("Share of TCP segments answered with a reset, in percent.", 20), peers: peers() },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: true },
  alone: null,
  changes: (targets, { segments, peers: given }, all, random) =>
    targets.map((target) => ({
      capability: "reset",
      target,
      parameters: { percent: segments, peers: peersOf(target, given, all, random) },
    })),
});
