/**
 * A range is an interval that is sure to contain the true value; this is the arithmetic on ranges. `upper` is Infinity where no
 * upper end is proven. A bound is met only if the whole interval meets it, and missed only if the whole interval misses it;
 * otherwise the result is unknown.
 */
import { type Status, worst } from "./status.ts";

/** The limits for a measured value; the unit is part of the measure's name. */
export interface Bound {
  readonly under?: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** This field and the next two are used by thresholds only. */
  readonly over?: number;
  readonly equals?: number;
  readonly unequal?: number;
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** Returns the range of max(x, y) for x in `a` and y in `b`. */
export function maximum(a: Range, b: Range): Range {
  return { lower: Math.max(a.lower, b.lower), upper: Math.max(a.upper, b.upper) };
}

/** Returns the range of x + y for x in `a` and y in `b`. */
export function sum(a: Range, b: Range): Range {
  return { lower: a.lower + b.lower, upper: a.upper + b.upper };
}

/** Compares a range with a bound by interval arithmetic. A bound without any limit gives unknown. */
export function compareToBound(range: Range, bound: Bound): Status {
  const statuses: Status[] = [];
  const { under, atMost, atLeast, over, equals, unequal } = bound;
  if (under !== undefined) statuses.push(decide(range.upper < under, range.lower >= under));
  if (atMost !== undefined) statuses.push(decide(range.upper <= atMost, range.lower > atMost));
  if (atLeast !== undefined) statuses.push(decide(range.lower >= atLeast, range.upper < atLeast));
  if (over !== undefined) statuses.push(decide(range.lower > over, range.upper <= over));
  if (equals !== undefined) statuses.push(equality(range, equals));
  if (unequal !== undefined) statuses.push(opposite(equality(range, unequal)));
  return worst(statuses);
}

function decide(met: boolean, missed: boolean): Status {
  if (met) return "pass";
  return missed ? "fail" : "unknown";
}

function equality({ lower, upper }: Range, value: number): Status {
  return decide(lower === value && upper === value, value < lower || value > upper);
}

function opposite(status: Status): Status {
  return status === "pass" ? "fail" : status === "fail" ? "pass" : "unknown";
}

/** Describes a bound in words, with the limits in the order of the type: "under 30", "at least 0.99 and at most 1". */
export function describeBound(bound: Bound, unit: string): string {
  const suffix = unit === "" ? "" : ` ${unit}`;
  const parts = [
    bound.under === undefined ? [] : [`under ${bound.under}${suffix}`],
    bound.atMost === undefined ? [] : [`at most ${bound.atMost}${suffix}`],
    bound.atLeast === undefined ? [] : [`at least ${bound.atLeast}${suffix}`],
    bound.over === undefined ? [] : [`over ${bound.over}${suffix}`],
    bound.equals === undefined ? [] : [`exactly ${bound.equals}${suffix}`],
    bound.unequal === undefined ? [] : [`not ${bound.unequal}${suffix}`],
  ];
  return parts.flat().join(" and ") || "no bound at all";
}
