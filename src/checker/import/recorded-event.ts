/**
 * A recorded event is one line of a foreign history: a process invoked an operation, or learned its result. Every notation is
 * parsed into such events; their meaning is decided once, for all notations (transactions.ts, keyed.ts, event-order.ts, pair.ts).
 */
import type { Json } from "../../std/json.ts";

export interface RecordedEvent {
  /** Canonical text; undefined if the history names no process: then all events belong to the same one. */
  readonly process: string | undefined;
  readonly type: "invoke" | "ok" | "fail" | "info";
  /** What was done, in the model's terms; undefined if the history does not specify it. */
  readonly kind: string | undefined;
  readonly key: string | undefined;
  /** undefined if the event has no value of its own (for example an :info that has only an error). */
  readonly value: Json | undefined;
  /** The reason of the failure as the history gives it; undefined if it gives none. */
  readonly error: string | undefined;
  /** When the event happened, and its place in the history, if they are recorded. Larger is later; the unit does not matter. */
  readonly time: RecordedStamp | undefined;
  readonly index: RecordedStamp | undefined;
  readonly line: number;
  readonly column: number;
}

/**
 * A point in time or an index. Nanoseconds since 1970 are too large for an exact number, so a value that is too large is a
 * bigint; both types compare with each other.
 */
export type RecordedStamp = number | bigint;

/** Parses a stamp: a number, or a date in ISO 8601; returns undefined for anything else. */
export function stampOf(text: string): RecordedStamp | undefined {
  if (/^-?\d+N?$/.test(text)) {
    const digits = text.replace("N", "");
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value : BigInt(digits);
  }
  const value = /^-?\d*\.?\d+(?:[eE][+-]?\d+)?M?$/.test(text) ? Number(text.replace("M", "")) : Date.parse(text);
  return Number.isFinite(value) ? value : undefined;
}
