/**
 * A history records what clients requested and what they were answered: one operation for each call that a checker or a probe
 * uses. All other calls are counted only in per-second intervals (load/). These types are the lines of `history.ndjson`, which is
 * append-only and in order of completion.
 */
import type { Json } from "./std/json.ts";

/**
 * The outcome of an operation.
 * - ok: acknowledged, with the complete answer.
 * - refused: certainly not applied (proven, never guessed).
 * - unknown: it may have been applied, or may still be applied later.
 *
 * For a read, "not applied" has no meaning: both refused and unknown are failures.
 */
export type Outcome =
  | { readonly type: "ok"; readonly output: Json }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "unknown"; readonly code: string };

export interface Operation {
  /** Unique in the run and never reused: run/worker/user/sequence for loads, run/probe/class/sequence for probes. */
  readonly id: string;
  /** The process that performed the operation; a process performs one operation at a time: "w0/u12", "probe/order-write/kept". */
  readonly process: string;
  /** The object of the claim to which this operation belongs: "orders", "stock", "session-cart". */
  readonly object: string;
  /** What was done, in the terms of the object's checkers: "add", "read", "write", "cas", "increment", "transfer". */
  readonly kind: string;
  /** The part of the object that the operation concerns: a register's name, a session. Checkers partition by it. */
  readonly key?: string;
  readonly input: Json;
  /** 1 for the first attempt at this logical id; each retry adds 1. */
  readonly attempt: number;
  readonly outcome: Outcome;
  /** When the operation was due (open model); otherwise the same as `invokedAtMs`. In milliseconds since the start of the run. */
  readonly intendedAtMs: number;
  readonly invokedAtMs: number;
  /** null if no answer was ever received (its worker was lost). */
  readonly completedAtMs: number | null;
  /** Set if the script supplied no id and this one was generated for the record: nothing that was sent contains it. */
  readonly idWasMade?: true;
  /** Set only on samples of a probe. */
  readonly probe?: {
    readonly class: string;
    readonly connection: "kept" | "fresh";
    /** The interval between beats of the stream in milliseconds, if it is slower than usual. */
    readonly everyMs?: number;
  };
}
