/**
 * A recorded event is one line of a foreign history: a process invoked something, or learned what came of it. Every notation is read
 * into such events; what they mean is decided once, for all notations (transactions.ts, keyed.ts, event-order.ts, pair.ts).
 */
import type { Json } from "../../std/json.ts";

export interface RecordedEvent {
  /** Canonical text; undefined where the history names none: then all events are of one. */
  readonly process: string | undefined;
  readonly type: "invoke" | "ok" | "fail" | "info";
  /** What was done, in the model's words; undefined where the history does not say. */
  readonly kind: string | undefined;
  readonly key: string | undefined;
  /** undefined: the event carries no value of its own (an :info with only an error, say). */
  readonly value: Json | undefined;
  /** Why it failed, as the history has it; undefined where it gives no reason. */
  readonly error: string | undefined;
  /** When it happened and its place in the history, where they are recorded; larger is later, the unit does not matter. */
  readonly time: Stamp | undefined;
  readonly index: Stamp | undefined;
  readonly line: number;
  readonly column: number;
}

/** Nanoseconds since 1970 are no exact numbers, so what is too large for one is a bigint; both compare with each other. */
export type Stamp = number | bigint;

/** A stamp's text: a number, or a date as ISO 8601 has it; undefined for anything else. */
export function stampOf(text: string): Stamp | undefined {
  if (/^-?\d+N?$/.test(text)) {
    const digits = text.replace("N", "");
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value : BigInt(digits);
  }
  const value = /^-?\d*\.?\d+(?:[eE][+-]?\d+)?M?$/.test(text) ? Number(text.replace("M", "")) : Date.parse(text);
  return Number.isFinite(value) ? value : undefined;
}
