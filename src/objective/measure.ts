/**
 * A measure is one number (or an interval that surely holds it) read off the evidence. Its kinds are listed in
 * objective/catalogue.ts; each says over what it may be measured. A measure never judges: bound and status are the same
 * for all (objective/assess.ts). No sample is `range: null`, which is unknown.
 */
import type { Range } from "../range.ts";
import type { Facts } from "./facts.ts";
import type { Wanted } from "./load-fold.ts";

export type Over = Readonly<Record<string, string>>;

export interface Reading {
  /** null: no evidence. */
  readonly range: Range | null;
  /** The single best value where `range` is what it proves: shown beside it. */
  readonly point?: number;
  /** A clause with the figures in it, as in "`seen`": "342 of 40,120 requests failed". */
  readonly says: string;
  /** When, in words: "from 61.0 s to 70.4 s". Empty: the whole run. */
  readonly when?: string;
  readonly witnesses?: readonly string[];
  /** Set where the number must not decide by itself: a doubt that makes a pass or a fail unknown, with its reason. */
  readonly doubt?: string;
  /** A reason why this must not pass, however good the number: a recovery that was ours, say. A miss still fails. */
  readonly cannotPass?: string;
}

/** What `over` may hold. `required` keys must be given; `optional` narrow it down. */
export interface OverKey {
  readonly name: string;
  readonly required: boolean;
  readonly says: string;
  /** All values there are, where they can be listed. */
  readonly values?: readonly string[];
}

/** What a platform's watch may tell of, beside roles. */
export type Watched = "restarts" | "replicas";

export interface Measure {
  readonly name: string;
  /** "s", "ms", "%", "" for a plain number. */
  readonly unit: string;
  /** One sentence for the table of measures. */
  readonly says: string;
  readonly over: readonly OverKey[];
  /** What the platform has to tell of by itself; on one that does not, nothing was seen and nothing is proven. */
  readonly watches?: Watched;
  /** The windows of the load that it reads; they are filled in the one pass over the intervals. */
  wants?(over: Over): readonly Wanted[];
  read(over: Over, facts: Facts): Reading;
}

export function nothing(says: string): Reading {
  return { range: null, says };
}

export function exactly(value: number): Range {
  return { lower: value, upper: value };
}
