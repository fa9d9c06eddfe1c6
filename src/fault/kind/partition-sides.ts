import { type ChangeRequest, faultKind } from "../../fault.ts";
import type { Target } from "../../platform.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Random } from "../../std/random.ts";
import { nodesOf, OUTSIDE, otherNodes } from "../nodes.ts";
import { choice, flag } from "../parameter.ts";

export const partitionSides = faultKind({
  name: "partition-sides",
  says: "Splits the nodes into a minority and a majority that cannot reach each other, with the target on the side that you choose.",
  needs: ["cut"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {
    side: choice("The side on which the target ends up.", "minority", "majority"),
    outside: flag("If true, what is on no node (proxy, etcd, clients) reaches the majority only.", true),
    how: choice("drop: no answer; reject: an answer that refuses.", "drop", "reject"),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: true },
  alone: null,
  changes: (targets, parameters, all, random) => split(nodesOf(targets, all), parameters, all, random),
});

interface Split {
  readonly side: "minority" | "majority";
  readonly outside: boolean;
  readonly how: "drop" | "reject";
}

/**
 * Returns the cuts. The minority is the largest group that is smaller than half; its nodes are cut off from all others, but
 * not from each other.
 */
function split(
  chosen: readonly Target[],
  { side, outside, how }: Split,
  all: readonly Target[],
  random: Random,
): ChangeRequest[] {
  const others = random.shuffle(otherNodes(chosen, all));
  const ordered = side === "majority" ? [...others, ...chosen] : [...chosen, ...others];
  const size = Math.ceil(ordered.length / 2) - 1;
  const fits = side === "majority" ? others.length >= size : chosen.length <= size;
  if (size < 1 || !fits) throw cannotSplit(chosen.length, ordered.length, side);
  const peers = ordered.slice(size).map((node) => node.node);
  if (outside) peers.push(OUTSIDE);
  return ordered
    .slice(0, size)
    .map((target) => ({ capability: "cut", target, parameters: { direction: "both", peers, how } }));
}

function cannotSplit(chosen: number, nodes: number, side: string): GamedayError {
  return new GamedayError({
    code: "cannot-split",
    expected: `enough nodes for a minority with ${chosen} chosen on the ${side}'s side`,
    got: `${nodes} nodes`,
    exitCode: ExitCode.notReady,
  });
}
