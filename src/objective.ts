/**
 * An objective is a bound on one measure of the run; judged from evidence only. No sample is unknown, never pass.
 */
import type { Status } from "./verdict.ts";

/** "under" and "atLeast" with the unit in the measure's name. */
export interface Bound {
  readonly under?: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Of thresholds only. */
  readonly over?: number;
  readonly equals?: number;
  readonly unequal?: number;
}

export interface Objective {
  readonly id: string;
  /** Plain words for people: "users' writes recover within 30 s of the database leader's death". */
  readonly says: string;
  /** Name of the measure: "recovery-seconds", "http_req_duration-p95-ms", "lost-writes" ... */
  readonly measure: string;
  readonly bound: Bound;
  /** What it is measured over: nothing (the whole run), a window, an experiment, a probe class, a metric's tags. */
  readonly over: Readonly<Record<string, string>>;
}

/** A measured value: one number, or an interval that surely holds the truth (upper null: no upper end is proven). */
export type Measured =
  | { readonly value: number }
  | { readonly lower: number; readonly upper: number | null; readonly value?: number }
  | null;

export interface Assessment {
  readonly objective: Objective;
  readonly status: Status;
  readonly measured: Measured;
  readonly because: string;
}
