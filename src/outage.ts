/**
 * An outage is a period in which users were not served, as a bracket that is sure to contain the truth; a recovery is how long
 * users waited for the end of the outage.
 */

/** What users felt, from the first failure to the sustained recovery, with brackets that are sure to contain both ends. */
export interface Outage {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  /** When the last successful probe before the outage was sent, and when the first failed one was sent. */
  readonly begin: { readonly lowerMs: number; readonly upperMs: number };
  /** When the last failed probe was sent and when the second success after it completed; null if there was no recovery. */
  readonly end: { readonly lowerMs: number; readonly upperMs: number } | null;
  readonly failures: number;
}

/** The outcome for users on one probe stream or in one class; for a class it is the worse of its two connections. */
export type RecoveryState = "recovered" | "no-outage-seen" | "not-recovered" | "no-data";

/**
 * The time from the bite to the sustained recovery of users, in milliseconds, as an interval that is sure to contain the truth.
 * `upperMs` is null when no upper end is proven: users did not recover while the probes watched, or no probe watched.
 */
export interface Recovery {
  readonly state: RecoveryState;
  readonly lowerMs: number;
  readonly upperMs: number | null;
  readonly says: string;
  /** "heal" if users failed only after the tool's own heal: the interval starts there, and the fault itself hurt nobody. */
  readonly timedFrom?: "heal";
}
