/**
 * A run is one game day: nine phases with deadlines, one clock, one seed. The conductor (run/) knows the order. The parts that
 * it conducts are passed in, so that tests can pass simulated ones.
 */
import type { EvidenceWriter } from "./evidence/writer.ts";
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { Journal } from "./journal.ts";
import type { LiveLoad } from "./load/count/live.ts";
import type { LoadPlan, Plan, ProbeRate } from "./plan.ts";
import type { Platform } from "./platform.ts";
import type { Steering } from "./run/steering.ts";
import type { Clock } from "./std/clock.ts";
import type { TimelineEvent } from "./timeline.ts";

/** A part that was started beside the run and is stopped by it. */
export interface Running {
  /** Stops the part gracefully and resolves when it has ended. Stopping twice is harmless. */
  stop(): Promise<void>;
  /** Rejects if the part dies before it is stopped. Absent: the part restarts itself and reports the gap. */
  readonly finished?: Promise<void>;
  /** For a load with a number of iterations: resolves when all of them are done. */
  readonly exhausted?: Promise<void>;
  /** Changes a running load to so many users, or arrivals per second. Absent: it cannot be changed. */
  setUsers?(target: number): void;
  /** Returns what the load does now, for the live view. Absent: the part has nothing to show. */
  live?(): LiveLoad;
}

/** What every part is given: where to send requests, which clock to use, where to report. */
export interface PartOptions {
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly onOperation: (operation: Operation) => void;
  readonly onEvent: (event: TimelineEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * A place on a node where probes run as clients: how a process enters it, and what distinguishes these probes from all others.
 */
export interface Inside {
  readonly enter: readonly string[];
  /** "inside/3/n1" for the third experiment on n1. The names and ids of their operations begin with it. */
  readonly name: string;
}

export interface RunParts {
  startLoad(options: PartOptions & { plan: LoadPlan; onInterval: (interval: Interval) => void }): Promise<Running>;
  startProbes(options: PartOptions & { file: string; rate?: ProbeRate; inside?: Inside }): Promise<Running>;
  /** Returns what the load does now; null before it has begun. */
  live(): LiveLoad | null;
  /** Writes a report of what is recorded so far, before the clean-up, so that a report exists even if the clean-up fails. */
  reportSoFar(): void;
}

export interface Run {
  readonly runId: string;
  readonly plan: Plan;
  /** The absolute path of the folder in which the plan's commands run. */
  readonly planFolder: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly evidence: EvidenceWriter;
  readonly journal: Journal;
  readonly parts: RunParts;
  /** Throws if nobody would undo our faults if we died now. */
  readonly assertGuarded: () => void;
  /** Aborted when the run must wind down: on Ctrl-C or a stop condition. It never cuts healing short. */
  readonly stop: AbortController;
  /** What people may change while the run goes on. Absent: nothing. */
  readonly steering?: Steering;
  /** How long a platform that declares no time may take until it is up and healthy; the default is three minutes. */
  readonly upWithinMs?: number;
}
