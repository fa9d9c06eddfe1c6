/** What goes over a WebSocket between a coordinator and a worker on another machine, around the protocol of all workers. */
import { createHash } from "node:crypto";
import type { LoadPlan } from "../../plan.ts";
import type { Json } from "../../std/json.ts";
import type { Epoch } from "../share.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

export const WIRE_VERSION = 3;

/** A load that a worker is in the middle of; a coordinator that starts anew adopts it from this. */
export interface RunningState {
  readonly runId: string;
  /** digestOfLoad: a coordinator of another load is not its coordinator, whatever its address. */
  readonly load: string;
  readonly seed: string;
  readonly worker: string;
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** 0 of the run's clock, on the coordinator's machine. */
  readonly originNs: string;
  /** It has told that its iterations are used up; that it has stopped. */
  readonly exhausted: boolean;
  readonly done: boolean;
}

export interface Hello {
  readonly wire: "hello";
  readonly version: number;
  /** Of this very process, for all its connections. */
  readonly id: string;
  readonly name: string;
  /** The slot that it would like, as a pod of an indexed Job does; null or absent: any. */
  readonly index?: number | null;
  readonly running: RunningState | null;
  /** Number of the next message that it will send. */
  readonly next: number;
  /** Number of the last message that it has heard from this coordinator. */
  readonly heard: number;
  /** There and back on this line, in ms. */
  readonly lineMs: number;
}

export type WireFromWorker =
  | { readonly wire: "clock"; readonly sentNs: string }
  /** On every connection, once the clock is known. */
  | Hello
  /** Numbered from 1, sent again after a broken line until acknowledged. */
  | { readonly wire: "message"; readonly number: number; readonly message: FromWorker }
  /** A sign of life. */
  | { readonly wire: "alive" }
  /** Last: it was told to end, by others than the coordinator. */
  | { readonly wire: "bye"; readonly because: string };

export type WireToWorker =
  /** `gateway`: who answers; a coordinator that was started again is another. */
  | { readonly wire: "clock"; readonly sentNs: string; readonly atNs: string; readonly gateway: string }
  /** Numbered from 1, sent again after a broken line from what the worker has heard on. */
  | { readonly wire: "message"; readonly number: number; readonly message: ToWorker }
  /** All messages up to this number are kept safely. Also a sign of life. */
  | { readonly wire: "acknowledge"; readonly number: number }
  | { readonly wire: "refused"; readonly because: string };

/** The same for the same command only. */
export function digestOfLoad(plan: LoadPlan, baseUrl: string): string {
  return createHash("sha256")
    .update(JSON.stringify([plan, baseUrl]))
    .digest("hex");
}
