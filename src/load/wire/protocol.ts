/** The messages between a coordinator and its workers: JSON, over the channel of a child process or over a WebSocket. */
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Json } from "../../std/json.ts";
import type { NoteKind } from "../../timeline.ts";
import type { RequestBatch } from "../count/request-batch.ts";
import type { Epoch } from "../share.ts";
import type { ErrorText } from "./error-text.ts";

/** Everything that a worker needs to know about a load; sent once. */
export interface Job {
  readonly plan: LoadPlan;
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  /** The worker's name, which is never used twice in a run: "w0". */
  readonly worker: string;
  readonly slot: number;
  /** Zero of the run's clock, on the worker's own monotonic clock, in nanoseconds. */
  readonly originNs: string;
  /** Single requests are reported, and so many batches of them may wait to be written. Absent: they are not reported. */
  readonly requestBatchesMax?: number;
}

export type ToWorker =
  | { readonly type: "job"; readonly job: Job }
  | { readonly type: "setup" }
  | { readonly type: "begin"; readonly startAtMs: number; readonly epoch: Epoch; readonly data: readonly Json[] }
  | { readonly type: "epoch"; readonly epoch: Epoch }
  /** A graceful stop: iterations end within the plan's gracefulStopMs, then all counts are sent, then "done". */
  | { readonly type: "stop" }
  | { readonly type: "teardown"; readonly data: readonly Json[] }
  /** Recalls the unused rows of a feeder, because other workers need them. */
  | { readonly type: "rows-back"; readonly key: string }
  /** All batches of single requests up to this number were written, or given up. */
  | { readonly type: "requests-written"; readonly number: number }
  | { readonly type: "exit" };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: ErrorText }
  | { readonly type: "set-up"; readonly data: readonly Json[] }
  | { readonly type: "interval"; readonly interval: Interval }
  | { readonly type: "operations"; readonly operations: readonly Operation[] }
  /** Single requests, when the job asks for them. */
  | { readonly type: "requests"; readonly batch: RequestBatch }
  | { readonly type: "note"; readonly says: string; readonly kind?: NoteKind; readonly detail: Json }
  | { readonly type: "gap"; readonly fromMs: number; readonly toMs: number; readonly because: string }
  /** The executor has no more work, because its iterations are used up. */
  | { readonly type: "exhausted" }
  /** Everything has been reported. `usersMax` is the most users at once, including moments between two intervals. */
  | { readonly type: "done"; readonly usersMax?: number }
  | { readonly type: "torn-down" }
  /** The unused rows of a feeder that were recalled. */
  | { readonly type: "rows-back"; readonly key: string; readonly rows: readonly number[] }
  /** A heartbeat between intervals. */
  | { readonly type: "beat" };
