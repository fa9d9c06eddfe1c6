/**
 * A run is one game day: nine phases with deadlines, one clock, one seed. The conductor (run/) knows the order; the parts
 * that it conducts come from outside, so that tests can give it simulated ones.
 */
import type { EvidenceWriter } from "./evidence/writer.ts";
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { Journal } from "./journal.ts";
import type { LoadPlan, Plan, ProbeRate } from "./plan.ts";
import type { Platform } from "./platform.ts";
import type { Clock } from "./std/clock.ts";
import type { TimelineEvent } from "./timeline.ts";

/** Something that was started beside the run and is stopped by it. */
export interface Running {
  /** Stops it in good order; resolves when it is gone. Stopping twice is harmless. */
  stop(): Promise<void>;
  /** Rejects when it dies before it was stopped. Absent: it starts itself again, and tells the gap. */
  readonly finished?: Promise<void>;
  /** A load of a number of iterations: resolves when all are done. */
  readonly exhausted?: Promise<void>;
  /** What it does now, for the live view; null where it has nothing to show. */
  live?(): LiveLoad;
}

/** The load over the last seconds. */
export interface LiveLoad {
  readonly users: number;
  readonly requestsPerSecond: number;
  readonly p95Ms: number | null;
  /** Failed share of the requests, 0 to 1; null when there was none. */
  readonly failedFraction: number | null;
}

/** What every part is given: where to aim, how to stamp, where to report. */
export interface PartOptions {
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly onOperation: (operation: Operation) => void;
  readonly onEvent: (event: TimelineEvent) => void;
  readonly signal: AbortSignal;
}

/** Where probes beat that are clients on a node: how a process gets there, and what tells them from all others. */
export interface Inside {
  readonly enter: readonly string[];
  /** "inside/3/n1": the third experiment's, on n1. Begins the names and ids of its operations. */
  readonly name: string;
}

export interface RunParts {
  startLoad(options: PartOptions & { plan: LoadPlan; onInterval: (interval: Interval) => void }): Promise<Running>;
  startProbes(options: PartOptions & { file: string; rate?: ProbeRate; inside?: Inside }): Promise<Running>;
  /** What the load does now; null before it has begun. */
  live(): LiveLoad | null;
  /** Reports what is recorded so far, before the clean-up: whatever happens to that, the report is there. */
  reportSoFar(): void;
}

export interface Run {
  readonly runId: string;
  readonly plan: Plan;
  /** Where the plan's commands run, absolute. */
  readonly planFolder: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly evidence: EvidenceWriter;
  readonly journal: Journal;
  readonly parts: RunParts;
  /** Throws when nobody would undo our faults if we died now. */
  readonly assertGuarded: () => void;
  /** Aborted when the run shall wind down: Ctrl-C, a stop condition. Healing is never cut short by it. */
  readonly stop: AbortController;
}
