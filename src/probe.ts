/**
 * Probes are steady, open-loop users (20 beats a second for each class, each on a kept and on a fresh connection) whose
 * only job is to see outages precisely. Their samples are operations of the history with `probe` set.
 */

/** Beats a second of every probe stream: a bracket of an outage is then at most 0.1 s wide plus the time of one answer. */
export const BEATS_PER_SECOND = 20;

/** What users felt: from the first failure to the sustained recovery, as brackets that surely hold the truth. */
export interface Outage {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  /** Send of the last success before, and of the first failure. */
  readonly begin: { readonly lowerMs: number; readonly upperMs: number };
  /** Send of the last failure, and completion of the first success after it; null: never recovered in the evidence. */
  readonly end: { readonly lowerMs: number; readonly upperMs: number } | null;
  readonly failures: number;
}
