/**
 * A measure is one number that is read from the evidence, or an interval that is sure to contain it. objective/catalogue.ts lists
 * all measures, and each declares the keys that select what it measures. A measure never judges: objective/assess.ts applies the
 * bound in the same way for all. Without a sample, the reading has `range: null`, which is unknown.
 */
import type { Range } from "../range.ts";
import type { Facts } from "./facts.ts";
import type { Wanted } from "./load-fold.ts";

export type Over = Readonly<Record<string, string>>;

export interface Reading {
  /** The measured range; null if there is no evidence. */
  readonly range: Range | null;
  /** The best single value, if `range` is only what that value proves; it is shown beside the range. */
  readonly point?: number;
  /** A clause that contains the figures: "342 of 40,120 requests failed". */
  readonly says: string;
  /** The time in words: "from 61.0 s to 70.4 s". Undefined for the whole run. */
  readonly when?: string;
  readonly witnesses?: readonly string[];
  /** The reason for a doubt that makes a pass or a fail unknown, because the number must not decide by itself. */
  readonly doubt?: string;
  /** A reason why this must not pass even if the number is good, such as a recovery after our own heal. A miss still fails. */
  readonly cannotPass?: string;
}

/** A key that `over` may contain. Keys with `required` must be given; the others narrow the selection. */
export interface OverKey {
  readonly name: string;
  readonly required: boolean;
  readonly says: string;
  /** All possible values, if they can be listed. */
  readonly values?: readonly string[];
}

/** The events, besides roles, that a platform's watch may report. */
export type Watched = "restarts" | "replicas";

export interface Measure {
  readonly name: string;
  /** "s", "ms", "%", "" for a plain number. */
  readonly unit: string;
  /** A sentence for the table of measures. */
  readonly says: string;
  readonly over: readonly OverKey[];
  /** The events that the platform itself must report for this measure; on a platform that does not, nothing is proven. */
  readonly watches?: Watched;
  /** True if it is read from the probes; without probes there is then no evidence. */
  readonly readsProbes?: true;
  /** The checker from whose findings it is read; without a claim that names it there is then no evidence. */
  readonly readsChecker?: string;
  /** Returns the windows of the load that it reads, so that the single pass over the intervals fills them. */
  wants?(over: Over): readonly Wanted[];
  read(over: Over, facts: Facts): Reading;
}

export function nothing(says: string): Reading {
  return { range: null, says };
}

export function exactly(value: number): Range {
  return { lower: value, upper: value };
}
