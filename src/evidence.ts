/**
 * Evidence is the run folder: plan + timeline + history + intervals + ledger; append-only, sealed at the end. The pure
 * part of the program sees it only through this type; evidence/ reads and writes the files.
 */
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { LedgerLine } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import type { Json } from "./std/json.ts";
import type { TimelineEvent } from "./timeline.ts";

/**
 * Version of all files of a run folder; a reader refuses a newer one. 2: the end lines of the ledger count copies, and items
 * by page.
 */
export const EVIDENCE_VERSION = 2;

/** `run.json`: what was run, by what, where. Secrets are redacted. */
export interface RunRecord {
  readonly version: number;
  readonly runId: string;
  readonly plan: Plan;
  readonly seed: string;
  /** The command that repeats the run. */
  readonly command: string;
  /** ISO time, UTC, of the clock's 0. */
  readonly startedAt: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly environment: Readonly<Record<string, Json>>;
  /** The timeline ends with a `closed` line; older evidence, and what was made by hand, promises none. */
  readonly closes?: boolean;
}

export interface Evidence {
  readonly run: RunRecord;
  readonly timeline: readonly TimelineEvent[];
  /** Each call starts again from the first line; lines stream, so they may be many. */
  operations(): Iterable<Operation>;
  intervals(): Iterable<Interval>;
  ledger(): Iterable<LedgerLine>;
  /** What is wrong with the folder itself, in words: not sealed, history absent (its hash is kept) ... Empty: sound. */
  readonly flaws: readonly string[];
  /**
   * Why what is there may be less than what was recorded, in words: "history absent". Then nothing that is missing from it
   * can be held against the platform. Absent: all of it is there, as far as the folder tells.
   */
  readonly torn?: string;
}

/** What validity asks about the history as a whole. */
export interface OperationTally {
  count: number;
  /** Operations that ended before they began, or at no finite time; the first few of them. */
  readonly impossibleTimes: string[];
  impossible: number;
  lastMs: number;
  /** Recorded operations by object, so that a claim nobody fed is seen. */
  readonly byObject: Map<string, number>;
}
