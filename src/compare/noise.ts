/**
 * Computes how far two runs of the same platform may differ, and how far a measure moved relative to its bound. Both are
 * symmetric: what is worse in one order is better in the other.
 */
import type { Measured } from "../objective.ts";
import type { Bound, Range } from "../range.ts";

/** The share by which two runs of the same platform may differ, by the start of the measure's name; 0 for all others. */
const SHARES: readonly (readonly [start: string, share: number])[] = [
  ["recovery-seconds", 0.5],
  ["outage-seconds", 0.5],
  ["replicas-", 0.25],
  ["http_req_duration-", 0.15],
  ["requests", 0.1],
];

/**
 * The differences below which everything is noise, because a share of a tiny value means nothing. Recoveries and outages are
 * timed by loops of half a second, and latencies by the scheduler of the machine; counts have no noise.
 */
const FLOORS: Readonly<Record<string, number>> = { s: 0.5, ms: 10, "requests/s": 1, "%": 0.1 };

/** "high": the second range lies entirely above the first, by more than noise; "low": entirely below; "within": neither. */
export type Side = "high" | "low" | "within";

export interface Noise {
  readonly side: Side;
  /** The noise in words: "15 % or 10 ms". */
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
 * Returns how far a value may still move before it misses its bound, in the measure's unit; negative if it misses it already.
 * With several limits, the nearest one counts. Returns NaN where a distance has no meaning ("not 5").
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
  /** True if there is less room than before. */
  readonly isWorse: boolean;
  /** The move as a share of the larger of the two distances to the bound, 0 to 2; NaN where there is no distance. */
  readonly share: number;
}

/** Returns how a measure moved between two runs, relative to its bound. */
export function movedBy(before: Range, now: Range, bound: Bound): Moved {
  const [from, to] = [room(middle(before), bound), room(middle(now), bound)];
  return { isWorse: to < from, share: Math.abs(to - from) / Math.max(Math.abs(from), Math.abs(to)) };
}

function middle({ lower, upper }: Range): number {
  return Number.isFinite(upper) ? (lower + upper) / 2 : lower;
}

/** Returns the range of a measured value, or null if nothing was measured. */
export function rangeOf(measured: Measured): Range | null {
  if (measured === null) return null;
  if ("lower" in measured) return { lower: measured.lower, upper: measured.upper ?? Number.POSITIVE_INFINITY };
  return { lower: measured.value, upper: measured.value };
}

/** Returns the smallest range that contains all given ranges. Expects one or more. */
export function hull(ranges: readonly Range[]): Range {
  return {
    lower: Math.min(...ranges.map(({ lower }) => lower)),
    upper: Math.max(...ranges.map(({ upper }) => upper)),
  };
}
