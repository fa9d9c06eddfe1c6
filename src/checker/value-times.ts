/**
 * Computes when each value of a register may have been its current value, as far as clients can know: not before the first call
 * that wrote it, and, once a later write was acknowledged, not after the return of the last write of it. Values are equal if
 * their canonical JSON is equal.
 *
 * A value is surely older than a write w if every write of that value returned before w was called: then no order that preserves
 * real time puts it after w. An unanswered write may take effect at any time, so its value is never surely older.
 */
import type { Operation } from "../history.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";

interface Span {
  earliestMs: number;
  latestMs: number;
}

/** The value of a key that has never been written: older than everything. */
const INITIAL: Span = { earliestMs: -Infinity, latestMs: -Infinity };

export class ValueTimes {
  readonly #spans = new Map<string, Span>();

  /** Records a write, or a cas that may have succeeded; other operations are ignored. */
  note(operation: Operation): void {
    const value = writtenBy(operation);
    if (value === undefined) return;
    const { invokedAtMs, completedAtMs, outcome } = operation;
    const latestMs = outcome.type === "ok" && completedAtMs !== null ? completedAtMs : Infinity;
    const key = canonicalJson(value);
    const span = this.#spans.get(key);
    if (span === undefined) this.#spans.set(key, { earliestMs: invokedAtMs, latestMs });
    else {
      span.earliestMs = Math.min(span.earliestMs, invokedAtMs);
      span.latestMs = Math.max(span.latestMs, latestMs);
    }
  }

  /**
   * Returns the span of a value. null is the initial value unless it was written; the span of any other value that was never
   * written is undefined.
   */
  spanOf(value: Json): Readonly<Span> | undefined {
    return this.#spans.get(canonicalJson(value)) ?? (value === null ? INITIAL : undefined);
  }
}

/** Returns the value that the operation wrote if it was applied; undefined if it certainly wrote nothing. */
function writtenBy({ kind, input, outcome }: Operation): Json | undefined {
  if (outcome.type === "refused") return undefined;
  if (kind === "write") return input;
  if (kind !== "cas" || (outcome.type === "ok" && outcome.output === false)) return undefined;
  return Array.isArray(input) ? input[1] : isRecord(input) ? input["to"] : undefined;
}
