/**
 * The peers of a network fault: only traffic between the target and its peers is affected. A plan names peers by selectors, as
 * it names targets; they resolve to nodes, because nodes send and receive the traffic.
 */
import type { ParameterOf } from "../fault.ts";
import type { Selector } from "../plan.ts";
import type { Target } from "../platform.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import type { Random } from "../std/random.ts";
import { OUTSIDE } from "./nodes.ts";
import { choose, matching } from "./selector.ts";

/** The value of the parameter if a plan names no peers: all traffic of the target is affected. */
export const EVERYBODY = "everybody";

/** Returns the parameter `peers` of a fault. */
export const peers = (): ParameterOf<"peers", Json> => ({
  type: { is: "peers" },
  default: EVERYBODY,
  says: "Only traffic between the target and these is touched.",
});

/**
 * Returns the value of the capabilities' parameter `peers` for this target: names of nodes, OUTSIDE for everything that runs
 * on no node, [] for everybody. What runs on the target's own node is never a peer, because its traffic does not cross the
 * network. Throws GamedayError if nothing matches, or only the target's own node. Pure.
 */
export function peersOf(target: Target, given: Json | undefined, all: readonly Target[], random: Random): string[] {
  if (given === undefined || given === EVERYBODY) return [];
  const selectors = (Array.isArray(given) ? given : [given]) as readonly Selector[];
  const found = selectors.flatMap((selector, index) =>
    elsewhere(target, selector, all, random.fork(`peers ${index} of ${target.id}`)),
  );
  const nodes = new Set(all.filter((one) => one.role === "node").map((one) => one.node));
  return [...new Set(found.map(({ node }) => (nodes.has(node) ? node : OUTSIDE)))];
}

function elsewhere(target: Target, selector: Selector, all: readonly Target[], random: Random): Target[] {
  const found = matching(selector, all);
  const others = found.filter((one) => one.node !== target.node);
  if (others.length === 0) throw onlyItself(target, found);
  return choose(selector, others, random);
}

function onlyItself(target: Target, found: readonly Target[]): GamedayError {
  return new GamedayError({
    code: "peers-are-the-target",
    expected: `peers elsewhere than on ${target.node}, which is the target`,
    got: `${found.map((one) => one.id).join(", ")} only`,
    hint: "name the targets that its traffic goes to, or omit `peers` to affect all its traffic",
    exitCode: ExitCode.notReady,
  });
}
