/**
 * Reads a history in any supported notation, which is detected from its beginning. The same content means the same in all
 * notations. Where a history is ambiguous (which of its stamps defines the order, whether values are keyed, what a failed cas
 * means), it has several readings, and an answer counts only if they agree.
 */
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import { badHistory } from "./edn.ts";
import { type ImportOptions, readEventMaps } from "./event-map.ts";
import { inOrder, type Order, ordersOf } from "./event-order.ts";
import { type FailedCas, hasDoubtfulCas, withMismatches } from "./failed-cas.ts";
import { isJepsenLog, readJepsenLog } from "./jepsen-log.ts";
import { keyedness, splitKey } from "./keyed.ts";
import { casValue } from "./kinds.ts";
import { readNdjsonHistory } from "./ndjson-history.ts";
import { pair } from "./pair.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import { withTransaction } from "./transactions.ts";

type HistoryFormat = "edn" | "json" | "jepsen-log" | "ndjson";

export interface HistoryOptions extends ImportOptions {
  /** What a failed cas means if it gives no reason, or a reason about its compare. By default, both meanings are tried. */
  readonly failedCas?: FailedCas;
  /** Whether values are [key value], as jepsen.independent writes them. By default this is derived from the values. */
  readonly independent?: boolean;
  /** The source of the order of events. By default :index, else :time, else the lines. */
  readonly order?: Order;
  /** The object to check in a history.ndjson with several objects. */
  readonly object?: string;
}

/**
 * One way to read a history. The operations of a history.ndjson have times of their own, and their order is that of the lines.
 */
export interface ImportReading {
  readonly operations: readonly Operation[];
  readonly order: Order;
  readonly independent: boolean;
  readonly failedCas: FailedCas;
}

/** Returns the operations of the most credible reading, in order of invocation. Throws the same errors as `readHistory`. */
export function importHistory(text: string, options: HistoryOptions): Operation[] {
  return [...(readHistory(text, options)[0]?.operations ?? [])];
}

/**
 * Returns all ways to read the history, the most credible first; at least one. Of two readings that differ only in `failedCas`,
 * the one with "mismatch" has to explain everything that the other has to explain, and more. Throws GamedayError with file, line
 * and column for a history that cannot be read.
 */
export function readHistory(text: string, options: HistoryOptions): ImportReading[] {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const format = formatOf(plain);
  if (format === undefined) throw badHistory("a history", "an empty file", { file: options.file });
  if (format === "ndjson") {
    return [
      { operations: readNdjsonHistory(plain, options), order: "lines", independent: false, failedCas: "not-applied" },
    ];
  }
  const events = format === "jepsen-log" ? readJepsenLog(plain, options) : readEventMaps(plain, format, options);
  const orders = options.order === undefined ? ordersOf(events, options.file) : [options.order];
  const { file, model } = options;
  const read = (independent: boolean) => {
    const meant = events.map((event) => meaningOf(event, independent, options));
    return orders.flatMap((order) => {
      const operations = pair(inOrder(meant, order, file), { file, accept: model.accept });
      return casReadings(operations, options.failedCas).map((reading) => ({ ...reading, order, independent }));
    });
  };
  const keyed = keyedness(events, model.name, file, options.independent);
  return keyed === "perhaps" ? [...read(false), ...orNone(() => read(true))] : read(keyed === "yes");
}

/** Returns the event in terms of the model's objects. */
function meaningOf(event: RecordedEvent, independent: boolean, { file, model }: HistoryOptions): RecordedEvent {
  const own = withTransaction(independent ? splitKey(event, file) : event, model, file);
  return own.kind === "cas" && own.value !== undefined ? { ...own, value: casValue(own.value) } : own;
}

/** Returns the readings of a second way to read a history; none if that way leads to an error. */
function orNone(read: () => ImportReading[]): ImportReading[] {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof GamedayError) return [];
    throw thrown;
  }
}

function casReadings(operations: readonly Operation[], failedCas: FailedCas | undefined) {
  const notApplied = { operations, failedCas: "not-applied" as const };
  if (failedCas === "not-applied" || !hasDoubtfulCas(operations)) return [notApplied];
  const mismatch = { operations: withMismatches(operations), failedCas: "mismatch" as const };
  return failedCas === "mismatch" ? [mismatch] : [notApplied, mismatch];
}

/** The number of characters that are searched for the first operation of a log. */
const LOOKED_AT_MAX = 4_000_000;

const OURS = ["id", "object", "kind", "outcome"];

/** Detects the notation. Returns undefined if the text contains only white space and comments. */
export function formatOf(text: string): HistoryFormat | undefined {
  const first = /^(?:\s|;.*)*/.exec(text)?.[0].length ?? 0;
  const rest = text.slice(first, first + 10_000);
  if (rest === "") return undefined;
  if (/^[[({#]/.test(rest) && isJepsenLog(text.slice(0, LOOKED_AT_MAX))) return "jepsen-log";
  if (/^(?:\[\s*)?\{\s*"(?:[^"\\]|\\.)*"\s*:/.test(rest)) return isOurs(rest) ? "ndjson" : "json";
  return /^[[({#]/.test(rest) ? "edn" : "jepsen-log";
}

/**
 * Returns whether the history is our own. Our operations have an id, an object, a kind and an outcome; the events of others have
 * a type and an f instead.
 */
function isOurs(text: string): boolean {
  const line = text.split("\n", 1)[0] ?? "";
  const names = [...line.matchAll(/"(\w+)"\s*:/g)].map(([, name = ""]) => name);
  const count = OURS.filter((name) => names.includes(name)).length;
  return line.startsWith("{") && (count > 1 || (count === 1 && !names.includes("f")));
}
