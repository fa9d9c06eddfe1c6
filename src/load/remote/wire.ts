/** What goes over a WebSocket between a coordinator and a worker on another machine, around the protocol of all workers. */
import type { Json } from "../../std/json.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import type { Epoch } from "../share.ts";

export const WIRE_VERSION = 1;

/** A load that a worker is in the middle of; a coordinator that starts anew adopts it from this. */
export interface RunningState {
  readonly runId: string;
  readonly worker: string;
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** 0 of the run's clock, on the coordinator's machine. */
  readonly originNs: string;
}

export type WireFromWorker =
  /** First on every connection. `next` is the number of the next message that it will send. */
  | {
      readonly wire: "hello";
      readonly version: number;
      readonly name: string;
      /** The slot that it would like, as a pod of an indexed Job does; null or absent: any. */
      readonly index?: number | null;
      readonly running: RunningState | null;
      readonly next: number;
    }
  | { readonly wire: "clock"; readonly sentNs: string }
  /** Numbered from 1, sent again after a broken line until acknowledged. */
  | { readonly wire: "message"; readonly number: number; readonly message: FromWorker };

export type WireToWorker =
  | { readonly wire: "clock"; readonly sentNs: string; readonly atNs: string }
  | { readonly wire: "message"; readonly message: ToWorker }
  /** All messages up to this number are kept safely. */
  | { readonly wire: "acknowledge"; readonly number: number }
  | { readonly wire: "refused"; readonly because: string };
