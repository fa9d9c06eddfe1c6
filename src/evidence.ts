/**
 * Evidence is the run folder: plan, timeline, history, intervals and ledger. It is append-only and sealed at the end of the run.
 * The pure part of the program accesses it only through this type; evidence/ reads and writes the files.
 */
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { LedgerLine } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import type { Json } from "./std/json.ts";
import type { TimelineEvent } from "./timeline.ts";

/**
 * The version of all files of a run folder; a reader refuses a newer version. Since version 2, the end lines of the ledger count
 * copies, and items by page. Since version 3, the timeline states in fields what earlier versions stated in texts: the traits of
 * each fault, the stop condition that held, the kinds of notes and the ids of health checks (evidence/earlier.ts reads both).
 */
export const EVIDENCE_VERSION = 3;

/** The content of `run.json`: what was run, with which version of the tool, and where. Secrets are redacted. */
export interface RunRecord {
  readonly version: number;
  readonly runId: string;
  readonly plan: Plan;
  readonly seed: string;
  /** The command that runs the same plan again. */
  readonly command: string;
  /** The time at which the run's clock was 0, in ISO format, UTC. */
  readonly startedAt: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly environment: Readonly<Record<string, Json>>;
  /** True if the timeline must end with a `closed` line. Older evidence and evidence made by hand do not promise one. */
  readonly closes?: boolean;
}

export interface Evidence {
  readonly run: RunRecord;
  readonly timeline: readonly TimelineEvent[];
  /** Streams the lines of the history; there may be very many. Like the next two methods, each call starts at the first line. */
  operations(): Iterable<Operation>;
  intervals(): Iterable<Interval>;
  ledger(): Iterable<LedgerLine>;
  /** Flaws of the folder itself, in words: not sealed, history absent (though its hash is kept) ... Empty if it is sound. */
  readonly flaws: readonly string[];
  /**
   * Why the folder may contain less than what was recorded, in words: "history absent". In that case, nothing that is missing
   * from the folder can be held against the platform. Undefined if the folder seems to be complete.
   */
  readonly torn?: string;
}

/** Figures about the whole history that the validity rules need. */
export interface OperationTally {
  count: number;
  /** The first few operations that ended before they began, or that have a time that is not finite. */
  readonly impossibleTimes: string[];
  impossible: number;
  lastMs: number;
  /** The number of recorded operations by object, so that a claim without any operation is noticed. */
  readonly byObject: Map<string, number>;
}
