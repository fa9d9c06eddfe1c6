/** What a coordinator and its workers say to each other; JSON, over a pipe to a child or over a WebSocket. */
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Json } from "../../std/json.ts";
import type { Epoch } from "../share.ts";
import type { ErrorText } from "./error-text.ts";

/** All that a worker needs to know, once. */
export interface Job {
  readonly plan: LoadPlan;
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  /** The worker's name, never used twice in a run: "w0". */
  readonly worker: string;
  readonly slot: number;
  /** 0 of the run's clock on the worker's own monotonic clock, in nanoseconds. */
  readonly originNs: string;
}

export type ToWorker =
  | { readonly type: "job"; readonly job: Job }
  | { readonly type: "setup" }
  | { readonly type: "begin"; readonly startAtMs: number; readonly epoch: Epoch; readonly data: readonly Json[] }
  | { readonly type: "epoch"; readonly epoch: Epoch }
  /** Graceful: iterations end within the plan's gracefulStopMs, then all that was counted is sent, then "done". */
  | { readonly type: "stop" }
  | { readonly type: "teardown"; readonly data: readonly Json[] }
  /** Give back the rows of that feeder that you have not used: others want them. */
  | { readonly type: "rows-back"; readonly key: string }
  | { readonly type: "exit" };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: ErrorText }
  | { readonly type: "set-up"; readonly data: readonly Json[] }
  | { readonly type: "interval"; readonly interval: Interval }
  | { readonly type: "operations"; readonly operations: readonly Operation[] }
  | { readonly type: "note"; readonly says: string; readonly detail: Json }
  | { readonly type: "gap"; readonly fromMs: number; readonly toMs: number; readonly because: string }
  /** The executor has no more work: iterations are used up. */
  | { readonly type: "exhausted" }
  /** All is told; users that it had at once, also between two intervals. */
  | { readonly type: "done"; readonly usersMax?: number }
  | { readonly type: "torn-down" }
  /** Rows of a feeder that were not used, as they were asked back. */
  | { readonly type: "rows-back"; readonly key: string; readonly rows: readonly number[] }
  /** A sign of life between intervals. */
  | { readonly type: "beat" };
