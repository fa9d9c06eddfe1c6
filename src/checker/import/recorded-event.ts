/**
 * A recorded event is one line of a foreign history: a process invoked something, or learned what came of it. `pair` puts
 * each invocation and its completion together into one operation.
 */
import type { Operation, Outcome } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import { badHistory } from "./edn.ts";

export interface RecordedEvent {
  /** Canonical text; undefined where the history names none: then all events are of one. */
  readonly process: string | undefined;
  readonly type: "invoke" | "ok" | "fail" | "info";
  /** What was done, in the model's words; undefined where the history does not say. */
  readonly kind: string | undefined;
  readonly key: string | undefined;
  /** undefined: the event carries no value of its own (an :info with only an error, say). */
  readonly value: Json | undefined;
  readonly line: number;
  readonly column: number;
}

export interface PairOptions {
  readonly file: string;
  /** Throws GamedayError for an operation that is none of the model's; the line is added to the complaint. */
  readonly accept: (operation: Operation) => void;
  /** What a failed cas means: the compare failed (so the value was another), or just that it did not happen. */
  readonly failedCas: "mismatch" | "not-applied";
}

/** Kinds whose answer is a value; of all others the invocation's value counts. */
const ANSWERING = ["read", "get", "dequeue", "contains", "txn"];

/**
 * Operations in order of their invocations. The clock is the number of the event, since only their order is known.
 * ok: acknowledged. fail: refused. info, or no completion: unknown, with the invocation's value, and open for ever.
 *
 * A history without any invocation tells no real time: then all its operations overlap. Throws GamedayError for a
 * completion of nothing, and for a process that invokes before it has its answer.
 */
export function pair(events: readonly RecordedEvent[], options: PairOptions): Operation[] {
  const timeless = events.length > 0 && events.every(({ type }) => type !== "invoke");
  if (timeless)
    return events.map((event) => accepted(event, operationOf(event, 0, event, events.length, options), options));
  const open = new Map<string, { readonly invocation: RecordedEvent; readonly index: number }>();
  const operations: { readonly index: number; readonly operation: Operation }[] = [];
  for (const [index, event] of events.entries()) {
    const process = event.process ?? "";
    const begun = open.get(process);
    if (event.type === "invoke") {
      if (begun !== undefined) throw stillOpen(event, begun.invocation, options.file);
      open.set(process, { invocation: event, index });
      continue;
    }
    if (begun === undefined) throw neverInvoked(event, options.file);
    open.delete(process);
    const operation = operationOf(begun.invocation, begun.index, event, index, options);
    operations.push({ index: begun.index, operation: accepted(begun.invocation, operation, options) });
  }
  for (const { invocation, index } of open.values()) {
    const operation = operationOf(invocation, index, undefined, index, options);
    operations.push({ index, operation: accepted(invocation, operation, options) });
  }
  return operations.sort((a, b) => a.index - b.index).map(({ operation }) => operation);
}

/** The operation itself, if the model takes it; else its complaint, with the place. */
export function accepted(
  event: { readonly line: number; readonly column: number },
  operation: Operation,
  { file, accept }: Pick<PairOptions, "file" | "accept">,
): Operation {
  try {
    accept(operation);
    return operation;
  } catch (thrown) {
    throw thrown instanceof GamedayError ? thrown.at({ file, line: event.line, column: event.column }) : thrown;
  }
}

function operationOf(
  invocation: RecordedEvent,
  invokedAt: number,
  completion: RecordedEvent | undefined,
  completedAt: number,
  options: PairOptions,
): Operation {
  const kind = invocation.kind ?? completion?.kind ?? "txn";
  const key = invocation.key ?? completion?.key;
  const outcome = outcomeOf(kind, invocation, completion, options);
  return {
    id: `line ${invocation.line}`,
    process: `process ${invocation.process ?? "?"}`,
    object: "history",
    kind,
    ...(key === undefined ? {} : { key }),
    input: invocation.value ?? null,
    attempt: 1,
    outcome,
    intendedAtMs: invokedAt,
    invokedAtMs: invokedAt,
    completedAtMs: outcome.type === "unknown" ? null : completedAt,
  };
}

function outcomeOf(
  kind: string,
  invocation: RecordedEvent,
  completion: RecordedEvent | undefined,
  { failedCas }: PairOptions,
): Outcome {
  switch (completion?.type) {
    case "ok":
      return { type: "ok", output: answerOf(kind, invocation, completion) };
    case "fail":
      return kind === "cas" && failedCas === "mismatch"
        ? { type: "ok", output: false }
        : { type: "refused", code: "fail" };
    default:
      return { type: "unknown", code: completion === undefined ? "no completion" : "info" };
  }
}

function answerOf(kind: string, invocation: RecordedEvent, completion: RecordedEvent): Json {
  if (!ANSWERING.includes(kind)) return null;
  return completion.value === undefined ? (invocation.value ?? null) : completion.value;
}

function stillOpen(event: RecordedEvent, invocation: RecordedEvent, file: string) {
  return badHistory(
    `process ${event.process ?? "?"} to have its answer before it invokes again`,
    `a second invocation, the first being open since line ${invocation.line}`,
    { file, line: event.line, column: event.column },
    "a process whose operation never completed must go on under a new name",
  );
}

function neverInvoked(event: RecordedEvent, file: string) {
  return badHistory(
    `an invocation by process ${event.process ?? "?"} before its :${event.type}`,
    `:${event.type} ${event.kind ?? ""} ${event.value === undefined ? "" : canonicalJson(event.value)}`.trimEnd(),
    { file, line: event.line, column: event.column },
  );
}
