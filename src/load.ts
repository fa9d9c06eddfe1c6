/** The load of a run, as the run's conductor uses it. */
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { LiveLoad } from "./load/count/live.ts";
import type { RequestBatch } from "./load/count/request-batch.ts";
import type { LoadPlan } from "./plan.ts";
import type { Clock } from "./std/clock.ts";
import type { TimelineEvent } from "./timeline.ts";

export interface LoadOptions {
  readonly plan: LoadPlan;
  /** The address that users send their requests to, such as "http://127.0.0.1:8080". */
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly onInterval: (interval: Interval) => void;
  readonly onOperation: (operation: Operation) => void;
  readonly onEvent: (event: TimelineEvent) => void;
  /** Takes single requests, and resolves when they are dealt with. Absent: workers do not report them. */
  readonly onRequests?: ((batch: RequestBatch) => Promise<void>) | undefined;
  /** Aborting it kills the load at once. */
  readonly signal: AbortSignal;
}

export interface LoadHandle {
  live(): LiveLoad;
  /** The start of the load on the run's clock, in milliseconds. */
  readonly beganAtMs: number;
  /** The sum of the most users at once that each stopped worker reported; intervals count users only once a second. */
  readonly usersMax: number;
  /** Changes the running load to `target` users, or arrivals per second. */
  setUsers(target: number): void;
  /** Stops gracefully: iterations end, everything that was counted arrives, and teardown runs. A second call is harmless. */
  stop(): Promise<void>;
  /** Resolves when the load is over; rejects when it could not go on. */
  readonly finished: Promise<void>;
  /** Resolves when all workers have used up their iterations (executors that end by themselves). */
  readonly exhausted: Promise<void>;
}
