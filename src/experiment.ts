/**
 * An experiment is one fault injected, held and healed; its verdict says what became of users and of their writes. Judged by
 * verdict/experiments.ts.
 */
import type { Outage, Recovery } from "./outage.ts";
import type { Status } from "./status.ts";
import type { HealedBy, TargetReference, Witness } from "./timeline.ts";

/**
 * Kinds of fault that may hurt users for as long as they hold, so that a recovery when they end is what is expected. The kinds
 * say so themselves (fault/kind/); this is what the judge may know of them, evidence of earlier versions included.
 */
export const HURTS_WHILE_IT_HOLDS: ReadonlySet<string> = new Set([
  "latency",
  "jitter",
  "packet-loss",
  "bandwidth",
  "connection-reset",
  "dns-failure",
  "cpu-pressure",
  "memory-pressure",
  "slow-app",
  "disk-full",
]);

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
  /** What else stood on the nodes that were hit, and so went with them. */
  readonly standing?: readonly TargetReference[];
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
