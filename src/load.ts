/** The load of a run as its conductor sees it. */
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { LoadLive } from "./load/count/live.ts";
import type { LoadPlan } from "./plan.ts";
import type { Clock } from "./std/clock.ts";
import type { TimelineEvent } from "./timeline.ts";

export interface LoadOptions {
  readonly plan: LoadPlan;
  /** Where users go: "http://127.0.0.1:8080". */
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly onInterval: (interval: Interval) => void;
  readonly onOperation: (operation: Operation) => void;
  readonly onEvent: (event: TimelineEvent) => void;
  /** Aborting it kills the load at once. */
  readonly signal: AbortSignal;
}

export interface LoadHandle {
  live(): LoadLive;
  /** On the run's clock. */
  readonly beganAtMs: number;
  /** Users at once, as far as workers that have stopped tell: intervals count them only once a second. */
  readonly usersMax: number;
  /** Live change: that many users (or arrivals a second) from now on. */
  setUsers(target: number): void;
  /** Graceful: iterations end, everything counted arrives, teardown runs. Twice is harmless. */
  stop(): Promise<void>;
  /** Resolves when the load is over; rejects when it could not go on. */
  readonly finished: Promise<void>;
  /** Resolves when all workers have used up their iterations (executors that end by themselves). */
  readonly exhausted: Promise<void>;
}
