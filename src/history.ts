/**
 * A history is what clients asked and were told: one operation per call that a checker or a probe uses. All other
 * calls live in per-second intervals only (load/). Lines of `history.ndjson`, in order of completion, append-only.
 */
import type { Json } from "./std/json.ts";

/**
 * ok: acknowledged, with the whole answer. refused: certainly not applied (proven, never guessed). unknown: it may have
 * been applied, or still be applied later. For a read, "not applied" has no meaning: refused and unknown are both failures.
 */
export type Outcome =
  | { readonly type: "ok"; readonly output: Json }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "unknown"; readonly code: string };

export interface Operation {
  /** Unique in the run and never reused: run/worker/user/sequence for loads, run/probe/class/sequence for probes. */
  readonly id: string;
  /** Who did it, one at a time: "w0/u12", "probe/order-write/kept". */
  readonly process: string;
  /** The claim's object that this operation feeds: "orders", "stock", "session-cart". */
  readonly object: string;
  /** What was done, in the words of the checkers of that object: "add", "read", "write", "cas", "increment", "transfer". */
  readonly kind: string;
  /** The part of the object it is about: a register's name, a session. Checkers partition by it. */
  readonly key?: string;
  readonly input: Json;
  /** 1 for the first attempt at this logical id, counted up by retries. */
  readonly attempt: number;
  readonly outcome: Outcome;
  /** When it was due (open model), else the same as invokedAtMs. Milliseconds since run start. */
  readonly intendedAtMs: number;
  readonly invokedAtMs: number;
  /** null: no answer was ever seen (its worker was lost). */
  readonly completedAtMs: number | null;
  /** The script gave no id, so this one was made for the record: nothing that was sent bears it. */
  readonly idWasMade?: true;
  /** Set on a probe's samples only. */
  readonly probe?: {
    readonly class: string;
    readonly connection: "kept" | "fresh";
    /** From one beat of the stream to the next, where it is slower than usual. */
    readonly everyMs?: number;
  };
}
