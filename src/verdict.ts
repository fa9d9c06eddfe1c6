/**
 * The verdict is the worst of all findings and assessments: fail > unknown > pass. No evidence is unknown, never pass.
 * Judged by verdict/judge.ts from the evidence alone; `verdict.json` is this type with stable bytes.
 */
import type { Finding } from "./checker.ts";
import type { Bound, Measured } from "./objective.ts";
import type { Outage } from "./probe.ts";
import type { HealedBy, TargetReference, Witness } from "./timeline.ts";

export type Status = "pass" | "unknown" | "fail";

const SEVERITY: Readonly<Record<Status, number>> = { pass: 0, unknown: 1, fail: 2 };

/** The worst of the given; unknown when there is none. */
export function worst(statuses: readonly Status[]): Status {
  if (statuses.length === 0) return "unknown";
  return statuses.reduce((a, b) => (SEVERITY[a] >= SEVERITY[b] ? a : b));
}

/** Version of verdict.json; fields are added, never changed in meaning. */
export const VERDICT_VERSION = 1;

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
}

export interface ClassRecovery extends Recovery {
  /** gameday: users of this class recovered only after our own heal; nobody: never while we watched, or no data. */
  readonly healedBy: HealedBy;
  /** Each probe stream by itself: they differ exactly when a pool is stuck. */
  readonly connections: Readonly<Record<string, Recovery>>;
}

/** What became of the writes between the end of the previous experiment and the end of this one. */
export interface WriteAccount {
  readonly acknowledged: number;
  /** Acknowledged in the second before the bite: without any, "nothing was lost" would prove nothing. */
  readonly acknowledgedLastSecond: number;
  readonly lost: number;
  readonly recovered: number;
  readonly duplicated: number;
  readonly unknown: number;
}

/** How far back data was lost: seconds from the oldest lost acknowledged write to the fault. null: not known. */
export interface RecoveryPoint {
  readonly lostWrites: number | null;
  readonly seconds: number | null;
  readonly says: string;
}

export interface Stamp {
  readonly atMs: number;
  readonly witness: Witness | null;
}

export interface ExperimentVerdict {
  readonly name: string;
  readonly fault: string;
  readonly status: Status;
  readonly because: string;
  /** Of users alone, whatever became of their writes. */
  readonly usersRecovered: { readonly status: Status; readonly because: string };
  readonly targets: readonly TargetReference[];
  readonly commandedAtMs: number | null;
  /** null: not seen from inside the target; then the experiment proves nothing. */
  readonly bite: Stamp | null;
  readonly firstFailureAtMs: number | null;
  readonly heal: Stamp | null;
  readonly healedBy: HealedBy;
  readonly recovery: Readonly<Record<string, ClassRecovery>>;
  readonly outages: readonly Outage[];
  readonly writes: WriteAccount;
  readonly rpo: RecoveryPoint;
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
  /** Only when it is not met. */
  readonly explanation: Explanation | null;
}

export interface Explanation {
  readonly expected: string;
  readonly seen: string;
  readonly when: string;
  readonly witnesses: readonly string[];
  readonly likelyCauses: readonly string[];
}

export interface NotTested {
  readonly what: string;
  readonly because: string;
}

export interface Verdict {
  readonly version: number;
  readonly runId: string;
  readonly plan: string;
  readonly verdict: Status;
  readonly exitCode: number;
  /** The whole verdict as a person would say it. */
  readonly sentence: string;
  readonly validity: readonly Finding[];
  readonly notTested: readonly NotTested[];
  readonly findings: readonly Finding[];
  readonly experiments: readonly ExperimentVerdict[];
  readonly objectives: readonly ObjectiveVerdict[];
  /** Control commands by hand that changed the run. */
  readonly manualInterventions: number;
}
