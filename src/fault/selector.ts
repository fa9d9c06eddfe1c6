/** Chooses the targets to hit by a selector: pure, seeded, and never empty. */
import type { FaultKind } from "../fault.ts";
import type { BlastRadius, Selector } from "../plan.ts";
import type { Target } from "../platform.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { canonicalJson } from "../std/json.ts";
import type { Random } from "../std/random.ts";
import { suggestion } from "../std/suggest.ts";

/** The limit if the plan gives none: never all targets of a role that has more than one. */
export const DEFAULT_BLAST_RADIUS: BlastRadius = { percentMax: 70 };

/**
 * Returns the blast radius of a plan. Limits that the plan does not set keep their default, so that all of several targets of
 * a role can be hit only with 100 percent.
 */
export function blastRadiusOf(given: BlastRadius | undefined): BlastRadius {
  return { ...DEFAULT_BLAST_RADIUS, ...given };
}

/** Returns the selector that applies: the plan's or else the kind's, with the kind's number if the plan gives none. */
export function effectiveSelector(kind: FaultKind, given: Selector): Selector {
  const chosen = Object.keys(given).length === 0 ? kind.defaultSelector : given;
  const { count: _count, percent: _percent, ...conditions } = chosen;
  return { ...conditions, ...kind.always, ...amount(chosen, kind.defaultSelector) };
}

/** Returns all targets that match, in the topology's order. Throws GamedayError if none matches. */
export function matching(selector: Selector, topology: readonly Target[]): Target[] {
  const found = topology.filter((target) => matches(selector, target));
  if (found.length === 0) throw nothingMatches(selector, topology);
  return found;
}

/** Returns the chosen targets: `count` or `percent` (rounded up) of those that match, by seed. Throws if there are too few. */
export function choose(selector: Selector, topology: readonly Target[], random: Random): Target[] {
  const found = matching(selector, topology);
  const wanted = selector.count ?? Math.ceil((found.length * (selector.percent ?? 100)) / 100);
  if (wanted > found.length) throw tooFew(selector, wanted, found);
  const chosen = new Set(random.shuffle(found).slice(0, wanted));
  return found.filter((target) => chosen.has(target));
}

/** Throws GamedayError if there are more targets than may be hit at a time. */
export function assertWithin(radius: BlastRadius, targets: readonly Target[], topology: readonly Target[]): void {
  const ids = new Set(targets.map((target) => target.id));
  if (radius.targetsMax !== undefined && ids.size > radius.targetsMax)
    throw tooMany(`at most ${radius.targetsMax} targets at a time (blastRadius: count ${radius.targetsMax})`, [...ids]);
  for (const role of new Set(targets.map((target) => target.role))) {
    const hit = targets.filter((target) => target.role === role).map((target) => target.id);
    const all = topology.filter((target) => target.role === role).length;
    const allowed = Math.max(1, Math.floor((all * (radius.percentMax ?? 100)) / 100));
    const limit = `at most ${allowed} of ${all} "${role}" at a time (blastRadius: ${radius.percentMax} %)`;
    if (new Set(hit).size > allowed) throw tooMany(limit, [...new Set(hit)]);
  }
}

function amount(given: Selector, byDefault: Selector): Selector {
  const from = given.count === undefined && given.percent === undefined ? byDefault : given;
  if (from.count !== undefined) return { count: from.count };
  return from.percent === undefined ? { count: 1 } : { percent: from.percent };
}

function matches(selector: Selector, target: Target): boolean {
  const { role, leader, node, name, labels } = selector;
  if (role !== undefined && target.role !== role) return false;
  if (leader !== undefined && target.leader !== leader) return false;
  if (node !== undefined && target.node !== node) return false;
  if (name !== undefined && target.id !== name) return false;
  return Object.entries(labels ?? {}).every(([key, value]) => target.labels[key] === value);
}

function nothingMatches(selector: Selector, topology: readonly Target[]): GamedayError {
  return new GamedayError({
    code: "no-target",
    expected: `a target that matches ${say(selector)}`,
    got:
      ["a platform without targets", "1 target, which does not"][topology.length] ??
      `${topology.length} targets, none of which does`,
    hint: hintFor(selector, topology),
    exitCode: ExitCode.notReady,
  });
}

function hintFor(selector: Selector, topology: readonly Target[]): string {
  const known = (of: (target: Target) => string) => [...new Set(topology.map(of))];
  const roles = known((target) => target.role);
  if (selector.role !== undefined && !roles.includes(selector.role)) return suggestion(selector.role, roles);
  const ids = known((target) => target.id);
  if (selector.name !== undefined && !ids.includes(selector.name)) return suggestion(selector.name, ids);
  const nodes = known((target) => target.node);
  if (selector.node !== undefined && !nodes.includes(selector.node)) return suggestion(selector.node, nodes);
  if (selector.leader === true) return "no such target is leader at the moment";
  return `targets: ${ids.join(", ")}`;
}

function tooFew(selector: Selector, wanted: number, found: readonly Target[]): GamedayError {
  return new GamedayError({
    code: "too-few-targets",
    expected: `${wanted} targets that match ${say(selector)}`,
    got: `${found.length}: ${found.map((target) => target.id).join(", ")}`,
    exitCode: ExitCode.notReady,
  });
}

function tooMany(expected: string, ids: readonly string[]): GamedayError {
  return new GamedayError({
    code: "blast-radius",
    expected,
    got: `${ids.length}: ${ids.join(", ")}`,
    hint: "choose fewer (count, percent), or widen this experiment's blastRadius if the platform may lose that many; percent: 100 allows all",
    exitCode: ExitCode.notReady,
  });
}

function say(selector: Selector): string {
  return canonicalJson(JSON.parse(JSON.stringify(selector)));
}
