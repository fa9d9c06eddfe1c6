/**
 * Peers of a fault of the network: those with whom the target's traffic is touched, all other traffic being left alone. A
 * plan names them by selectors like its targets; they resolve to nodes, for that is where traffic comes from and goes to.
 */
import type { Parameter } from "../fault.ts";
import type { Selector } from "../plan.ts";
import type { Target } from "../platform.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import type { Random } from "../std/random.ts";
import { OUTSIDE } from "./nodes.ts";
import { choose, matching } from "./selector.ts";

/** The value of the parameter where a plan names no peers: all traffic of the target is touched. */
export const EVERYBODY = "everybody";

/** The parameter `peers` of a fault. */
export const peers = (): Parameter => ({
  type: { is: "peers" },
  default: EVERYBODY,
  says: "Only traffic between the target and these is touched.",
});

/**
 * What the capabilities' parameter `peers` says for this target: names of nodes, OUTSIDE for all that is on no node; []
 * for everybody. What is on the target's own node is never a peer: that traffic takes no network. Throws GamedayError when
 * nothing matches, or nothing elsewhere. Pure.
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
    hint: "name those that the target's traffic goes to; leave `peers` out to touch all its traffic",
    exitCode: ExitCode.notReady,
  });
}
