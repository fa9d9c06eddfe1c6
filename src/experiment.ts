/**
 * An experiment is one fault that is injected, held and healed. Its verdict states whether users recovered and whether their
 * writes survived; verdict/experiments.ts computes it.
 */
import type { Outage, Recovery } from "./outage.ts";
import type { Status } from "./status.ts";
import type { HealedBy, TargetReference, Witness } from "./timeline.ts";

export interface ClassRecovery extends Recovery {
  /** "gameday": users of this class recovered only after our own heal. "nobody": never while they were watched, or no data. */
  readonly healedBy: HealedBy;
  /** The recovery of each probe stream by itself; the two differ exactly when a connection pool is stuck. */
  readonly connections: Readonly<Record<string, Recovery>>;
}

/** The fate of the writes between the end of the previous experiment and the end of this one. */
export interface WriteAccount {
  readonly acknowledged: number;
  /** The writes acknowledged in the second before the fault's command. If there were none, "nothing was lost" proves nothing. */
  readonly acknowledgedLastSecond: number;
  readonly lost: number;
  readonly recovered: number;
  readonly duplicated: number;
  readonly unknown: number;
}

/** How far back data was lost: the seconds from the oldest lost acknowledged write to the fault. A null field is not known. */
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
  /** Whether users recovered, regardless of their writes. */
  readonly usersRecovered: { readonly status: Status; readonly because: string };
  readonly targets: readonly TargetReference[];
  /** Other targets on the nodes that were hit, which therefore went down with those nodes. */
  readonly standing?: readonly TargetReference[];
  readonly commandedAtMs: number | null;
  /** Null if the bite was not seen from inside the target, in which case the experiment proves nothing. */
  readonly bite: Stamp | null;
  readonly firstFailureAtMs: number | null;
  readonly heal: Stamp | null;
  readonly healedBy: HealedBy;
  readonly recovery: Readonly<Record<string, ClassRecovery>>;
  readonly outages: readonly Outage[];
  readonly writes: WriteAccount;
  readonly rpo: RecoveryPoint;
}
