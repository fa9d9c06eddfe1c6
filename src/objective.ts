/**
 * An objective is a bound on one measure of the run. It is judged from the evidence alone; without a sample, it is unknown,
 * never pass.
 */
import type { Objective } from "./plan.ts";
import type { Bound } from "./range.ts";
import type { Status } from "./status.ts";

/** A measured value: one number, or an interval that is sure to contain the truth (`upper` is null if no upper end is proven). */
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

export interface ObjectiveVerdict {
  readonly id: string;
  readonly says: string;
  readonly status: Status;
  readonly measure: string;
  readonly unit: string;
  readonly measured: Measured;
  readonly bound: Bound;
  readonly because: string;
  /** Null when the objective is met. */
  readonly explanation: Explanation | null;
}

export interface Explanation {
  readonly expected: string;
  readonly seen: string;
  readonly when: string;
  readonly witnesses: readonly string[];
  readonly likelyCauses: readonly string[];
}
