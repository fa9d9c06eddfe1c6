/**
 * How far two runs of an equal platform may lie apart, and how much of the way to its bound a measure went. Symmetric: what
 * is worse one way is better the other way.
 */
import type { Measured } from "../objective.ts";
import type { Bound, Range } from "../range.ts";

/** Share by which two runs of an equal platform may differ, by the start of the measure's name; else 0. */
const SHARES: readonly (readonly [start: string, share: number])[] = [
  ["recovery-seconds", 0.5],
  ["outage-seconds", 0.5],
  ["replicas-", 0.25],
  ["http_req_duration-", 0.15],
  ["requests", 0.1],
];

/**
 * A share of nearly nothing is nothing: below this a difference is noise whatever it is a share of. Recoveries and outages
 * are timed by loops of half a second, latencies by the scheduler of the machine; counts have no noise.
 */
const FLOORS: Readonly<Record<string, number>> = { s: 0.5, ms: 10, "requests/s": 1, "%": 0.1 };

/** `high`: the second range lies wholly above the first, by more than noise; `low`: below; `within`: neither. */
export type Side = "high" | "low" | "within";

export interface Noise {
  readonly side: Side;
  /** In words: "15 % and 10 ms". */
  readonly says: string;
}

export function beyondNoise(before: Range, now: Range, measure: string, unit: string): Noise {
  const share = SHARES.find(([start]) => measure.startsWith(start))?.[1] ?? 0;
  const floor = FLOORS[unit] ?? 0;
  const allowed = (a: number, b: number) => Math.max(floor, share * Math.min(Math.abs(a), Math.abs(b)));
  const isHigh = now.lower - before.upper > allowed(now.lower, before.upper);
  const isLow = before.lower - now.upper > allowed(before.lower, now.upper);
  const parts = [share === 0 ? [] : [`${Math.round(share * 100)} %`], floor === 0 ? [] : [`${floor} ${unit}`]].flat();
  return { side: isHigh ? "high" : isLow ? "low" : "within", says: parts.join(" or ") || "none" };
}

/**
 * How far a value may still go before it misses its bound, in the measure's unit; negative beyond it. With several ends the
 * nearest counts. NaN where nearer and farther have no meaning ("not 5").
 */
export function room(value: number, { under, atMost, atLeast, over, equals }: Bound): number {
  const rooms = [
    under === undefined ? [] : [under - value],
    atMost === undefined ? [] : [atMost - value],
    atLeast === undefined ? [] : [value - atLeast],
    over === undefined ? [] : [value - over],
    equals === undefined ? [] : [-Math.abs(value - equals)],
  ].flat();
  return rooms.length === 0 ? Number.NaN : Math.min(...rooms);
}

export interface Moved {
  /** Less room than before. */
  readonly isWorse: boolean;
  /** Of the larger of the two distances to the bound, 0 to 2; NaN where there is none. */
  readonly share: number;
}

/** How a measure moved between two runs, in terms of its bound. */
export function movedBy(before: Range, now: Range, bound: Bound): Moved {
  const [from, to] = [room(middle(before), bound), room(middle(now), bound)];
  return { isWorse: to < from, share: Math.abs(to - from) / Math.max(Math.abs(from), Math.abs(to)) };
}

function middle({ lower, upper }: Range): number {
  return Number.isFinite(upper) ? (lower + upper) / 2 : lower;
}

/** null: nothing was measured. */
export function rangeOf(measured: Measured): Range | null {
  if (measured === null) return null;
  if ("lower" in measured) return { lower: measured.lower, upper: measured.upper ?? Number.POSITIVE_INFINITY };
  return { lower: measured.value, upper: measured.value };
}

/** The smallest range that holds all; expects one or more. */
export function hull(ranges: readonly Range[]): Range {
  return {
    lower: Math.min(...ranges.map(({ lower }) => lower)),
    upper: Math.max(...ranges.map(({ upper }) => upper)),
  };
}
