/**
 * Combines each invocation and its completion into one operation.
 */
import type { Operation, Outcome } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import { badHistory } from "./edn.ts";
import type { TimedEvent } from "./event-order.ts";
import { refusalOf } from "./failed-cas.ts";
import type { RecordedEvent } from "./recorded-event.ts";

export interface PairOptions {
  readonly file: string;
  /** Throws GamedayError for an operation that does not belong to the model; the line is added to the error. */
  readonly accept: (operation: Operation) => void;
}

/** Kinds whose answer is a value; for all other kinds the invocation's value counts. */
export const ANSWERING: readonly string[] = ["read", "get", "dequeue", "contains", "txn"];

/** An invocation or a completion, and when it happened. */
interface Open {
  readonly event: RecordedEvent;
  readonly tick: number;
}

/**
 * Returns operations in order of their invocations; the clock counts events, because only their order is known. The completion
 * decides the outcome: "ok" is acknowledged, "fail" is refused; with "info", or without a completion, the outcome is unknown,
 * with the invocation's value, and the operation remains open forever.
 *
 * A history without any invocation contains no real time, so all its operations overlap. Throws GamedayError for a completion
 * without an invocation, and for a process that invokes an operation before it has its previous answer.
 */
export function pair(events: readonly TimedEvent[], options: PairOptions): Operation[] {
  const named = namer(events);
  const make = (begun: Open, end: Open | undefined) => accepted(begun.event, operationOf(begun, end, named), options);
  if (events.length > 0 && events.every(({ event }) => event.type !== "invoke")) {
    return events.map(({ event }) => make({ event, tick: 0 }, { event, tick: events.length }));
  }
  const open = new Map<string, Open>();
  const found: { readonly tick: number; readonly operation: Operation }[] = [];
  for (const timed of events) {
    const { event, tick } = timed;
    const process = event.process ?? "";
    const begun = open.get(process);
    if (event.type === "invoke") {
      if (begun !== undefined) throw stillOpen(event, begun.event, options.file);
      open.set(process, timed);
      continue;
    }
    if (begun === undefined && isNoClient(event)) continue;
    if (begun === undefined) throw neverInvoked(event, options.file);
    if (isOfAnotherKey(begun.event, event)) throw otherKey(begun.event, event, options.file);
    open.delete(process);
    found.push({ tick: begun.tick, operation: make(begun, { event, tick }) });
  }
  for (const begun of open.values()) found.push({ tick: begun.tick, operation: make(begun, undefined) });
  return found.sort((a, b) => a.tick - b.tick).map(({ operation }) => operation);
}

/** Returns the operation if the model accepts it; otherwise throws the model's error with the place. */
export function accepted(
  event: { readonly line: number; readonly column: number },
  operation: Operation,
  { file, accept }: PairOptions,
): Operation {
  try {
    accept(operation);
    return operation;
  } catch (thrown) {
    throw thrown instanceof GamedayError ? thrown.at({ file, line: event.line, column: event.column }) : thrown;
  }
}

/** Returns a function that names operations by their lines; if a line has several invocations, by the columns as well. */
function namer(events: readonly TimedEvent[]): (event: RecordedEvent) => string {
  const lines = events.filter(({ event }) => event.type === "invoke").map(({ event }) => event.line);
  const isOne = new Set(lines).size === lines.length;
  return ({ line, column }) => (isOne ? `line ${line}` : `line ${line}:${column}`);
}

function operationOf(begun: Open, end: Open | undefined, named: (event: RecordedEvent) => string): Operation {
  const { event: invocation, tick } = begun;
  const completion = end?.event;
  const isTransaction = invocation.kind === "txn" || completion?.kind === "txn";
  const kind = isTransaction ? "txn" : (invocation.kind ?? completion?.kind ?? "txn");
  const key = invocation.key ?? completion?.key;
  const outcome = outcomeOf(kind, invocation, completion);
  return {
    id: named(invocation),
    process: `process ${invocation.process ?? "?"}`,
    object: "history",
    kind,
    ...(key === undefined ? {} : { key }),
    input: invocation.value ?? null,
    attempt: 1,
    outcome,
    intendedAtMs: tick,
    invokedAtMs: tick,
    completedAtMs: outcome.type === "unknown" ? null : (end?.tick ?? null),
  };
}

function outcomeOf(kind: string, invocation: RecordedEvent, completion: RecordedEvent | undefined): Outcome {
  switch (completion?.type) {
    case "ok":
      return { type: "ok", output: answerOf(kind, invocation, completion) };
    case "fail":
      return { type: "refused", code: refusalOf(kind, completion.error) };
    default:
      return { type: "unknown", code: completion === undefined ? "no completion" : "info" };
  }
}

function answerOf(kind: string, invocation: RecordedEvent, completion: RecordedEvent): Json {
  if (!ANSWERING.includes(kind)) return null;
  return completion.value === undefined ? (invocation.value ?? null) : completion.value;
}

/**
 * Returns whether the event is not by a client: a process with its own name that only ever reports that it did something is a
 * nemesis.
 */
function isNoClient({ type, process }: RecordedEvent): boolean {
  return type === "info" && (process ?? "").startsWith(":");
}

function isOfAnotherKey(invocation: RecordedEvent, completion: RecordedEvent): boolean {
  return invocation.key !== undefined && completion.key !== undefined && invocation.key !== completion.key;
}

function stillOpen(event: RecordedEvent, invocation: RecordedEvent, file: string) {
  return badHistory(
    `process ${event.process ?? "?"} to have its answer before it invokes again`,
    `a second invocation, the first being open since line ${invocation.line}`,
    { file, line: event.line, column: event.column },
    "a process whose operation never completed must continue under a new name; events that are not in the order in which they happened need an :index or a :time",
  );
}

function neverInvoked(event: RecordedEvent, file: string) {
  return badHistory(
    `an invocation by process ${event.process ?? "?"} before its :${event.type}`,
    `:${event.type} ${event.kind ?? ""} ${event.value === undefined ? "" : canonicalJson(event.value)}`.trimEnd(),
    { file, line: event.line, column: event.column },
    "events that are not in the order in which they happened need an :index or a :time",
  );
}

function otherKey(invocation: RecordedEvent, { key, line, column }: RecordedEvent, file: string) {
  const expected = `an answer about key ${invocation.key}, as requested in line ${invocation.line}`;
  return badHistory(expected, `one about key ${key}`, { file, line, column });
}
