/** The WebSocket messages between a coordinator and a worker on another machine, which wrap the protocol of all workers. */
import { createHash } from "node:crypto";
import type { LoadPlan } from "../../plan.ts";
import type { Json } from "../../std/json.ts";
import type { Epoch } from "../share.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

export const WIRE_VERSION = 4;

/** The state of a load that a worker is running, from which a coordinator that was started again adopts the load. */
export interface RunningState {
  readonly runId: string;
  /** The result of digestOfLoad(): a coordinator of another load must not adopt this worker, even at the same address. */
  readonly load: string;
  readonly seed: string;
  readonly worker: string;
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** Zero of the run's clock, on the monotonic clock of the coordinator's machine, in nanoseconds. */
  readonly originNs: string;
  /** The worker has reported that its iterations are used up. */
  readonly exhausted: boolean;
  /** The worker has reported that it has stopped. */
  readonly done: boolean;
}

export interface Hello {
  readonly wire: "hello";
  readonly version: number;
  /** Identifies the worker's process, on all its connections. */
  readonly id: string;
  readonly name: string;
  /** The preferred slot, such as the index of a pod of an Indexed Job; null or absent for any slot. */
  readonly index?: number | null;
  readonly running: RunningState | null;
  /** Number of the next message that the worker will send. */
  readonly next: number;
  /** Number of the last message that the worker has received from this coordinator. */
  readonly heard: number;
  /** Round-trip time of this connection, in ms. */
  readonly lineMs: number;
}

export type WireFromWorker =
  | { readonly wire: "clock"; readonly sentNs: string }
  /** Sent on every connection, once the clock offset is known. */
  | Hello
  /** Numbered from 1; sent again after a broken connection until it is acknowledged. */
  | { readonly wire: "message"; readonly number: number; readonly message: FromWorker }
  /** A heartbeat. */
  | { readonly wire: "alive" }
  /** The last message of a worker that ends for another reason than the coordinator's message to exit. */
  | { readonly wire: "bye"; readonly because: string };

export type WireToWorker =
  /** `gateway` identifies the coordinator; one that was started again has another identifier. */
  | { readonly wire: "clock"; readonly sentNs: string; readonly atNs: string; readonly gateway: string }
  /** Numbered from 1; those that the worker has not received are sent again after a broken connection. */
  | { readonly wire: "message"; readonly number: number; readonly message: ToWorker }
  /** All messages up to this number have been made durable. This is also a heartbeat. */
  | { readonly wire: "acknowledge"; readonly number: number }
  /** The newest message of the type "requests-written". It needs no number, because each makes those before it obsolete. */
  | { readonly wire: "requests-written"; readonly number: number }
  | { readonly wire: "refused"; readonly because: string };

/** Returns a digest of the plan and the base URL, which is equal only for the same load. */
export function digestOfLoad(plan: LoadPlan, baseUrl: string): string {
  return createHash("sha256")
    .update(JSON.stringify([plan, baseUrl]))
    .digest("hex");
}
