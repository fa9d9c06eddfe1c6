/**
 * An outage is what users felt, as a bracket that surely holds the truth; a recovery is how long they waited for its end.
 */

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

/** What became of users on one probe stream, or (the worst of both connections) in one class. */
export type RecoveryState = "recovered" | "no-outage-seen" | "not-recovered" | "no-data";

/**
 * Time from the bite to the sustained recovery of users, as an interval that surely holds the truth, in milliseconds.
 * `upperMs` null: no upper end is proven (it never recovered while we watched, or nobody watched).
 */
export interface Recovery {
  readonly state: RecoveryState;
  readonly lowerMs: number;
  readonly upperMs: number | null;
  readonly says: string;
  /** Users failed only after the tool's own heal: the interval counts from that, and the fault itself hurt nobody. */
  readonly timedFrom?: "heal";
}
