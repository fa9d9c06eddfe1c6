/**
 * Writes operations in the notations of other tools, as those tools would have written them, so that the importers can be tested.
 */
import type { Operation } from "../../src/history.ts";
import type { Json } from "../../src/std/json.ts";
import type { Random } from "../../src/std/random.ts";

/** One line of a foreign history, before it is written in a notation. */
interface Event {
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Json;
  readonly process: number;
  readonly key?: string;
  readonly error?: string;
}

/** How a tool names things: keyed values as [key value] or with the key beside the value, and the kind of transactions. */
export interface Habits {
  readonly keys: "none" | "beside" | "in the value";
  readonly transaction: string;
}

const OF_ITS_OWN_VALUE = ["read", "get", "dequeue", "txn", "contains"];

/**
 * Returns calls and returns in order of time, with returns first at equal times (an operation takes effect strictly between the
 * two, so this orders nothing wrongly). Some unanswered operations end with :info, some without any completion. A refused
 * operation has a reason; a cas whose compare failed has none.
 */
export function eventsOf(operations: readonly Operation[], habits: Habits): Event[] {
  const events = operations.flatMap((operation, index) => {
    const { outcome, completedAtMs, kind, invokedAtMs, key = "" } = operation;
    const event = (at: number, type: Event["type"], value: Json, error?: string) => ({
      at,
      event: {
        type,
        f: kind === "txn" ? habits.transaction : kind,
        value: habits.keys === "in the value" ? [Number(key), value] : value,
        process: Number(operation.process.slice(1)),
        ...(habits.keys === "beside" ? { key } : {}),
        ...(error === undefined ? {} : { error }),
      } satisfies Event,
    });
    const call = event(invokedAtMs, "invoke", operation.input);
    const returnedAt = completedAtMs ?? invokedAtMs + 0.5;
    if (outcome.type === "refused") return [call, event(returnedAt, "fail", operation.input, "connection refused")];
    if (outcome.type === "unknown") {
      const info = event(invokedAtMs + 8, "info", operation.input, "timeout");
      return index % 3 === 0 ? [call] : [call, info];
    }
    if (kind === "cas" && outcome.output === false) return [call, event(returnedAt, "fail", operation.input)];
    return [call, event(returnedAt, "ok", OF_ITS_OWN_VALUE.includes(kind) ? outcome.output : operation.input)];
  });
  const isReturn = ({ event: { type } }: (typeof events)[number]) => Number(type !== "invoke");
  return events.sort((a, b) => a.at - b.at || isReturn(b) - isReturn(a)).map(({ event }) => event);
}

/** Returns the history in every notation, by the notation's name. Log lines cannot express keys beside the value. */
export function notations(operations: readonly Operation[], habits: Habits, random: Random): Map<string, string> {
  const events = eventsOf(operations, habits);
  const stamped = events.map((event, index) => ({ ...event, time: 1_000 + index * 17, index }));
  const timed = events.map((event, index) => ({ ...event, time: 1_719_148_152_080_000_000n + BigInt(index) }));
  const indexed = stamped.map(({ time, ...event }) => event);
  const texts = new Map([
    ["EDN, a vector", `[${events.map(ednMap).join("\n ")}]\n`],
    ["EDN, a list of records", `(${stamped.map((event) => `#jepsen.history.Op${ednMap(event)}`).join("\n")})`],
    ["EDN, one a line, with a mark and CRLF", `\uFEFF${stamped.map(ednMap).join("\r\n")}\r\n`],
    ["EDN, shuffled, with :index", random.shuffle(indexed).map(ednMap).join("\n")],
    ["EDN, shuffled, with :time since 1970", random.shuffle(timed).map(ednMap).join("\n")],
    ["EDN, shuffled, with both", random.shuffle(stamped).map(ednMap).join("\n")],
    ["JSON, an array", JSON.stringify(stamped)],
    ["JSON, spaced", JSON.stringify(stamped, null, 2)],
    ["JSON, one a line", events.map((event) => JSON.stringify(event)).join("\n")],
    ["JSON, shuffled, with index", JSON.stringify(random.shuffle(indexed))],
    ["JSON, in a map", JSON.stringify({ name: "a test", history: events })],
  ]);
  if (habits.keys === "beside") return texts;
  return texts
    .set("history.txt", events.map(logLine).join("\n"))
    .set("Jepsen's old log", events.map((event) => `INFO  jepsen.util - ${logLine(event)}`).join("\n"))
    .set("a whole jepsen.log", wholeLog(events));
}

const AT = "2025-06-23 13:09:12,080{GMT}\tINFO\t";

function wholeLog(events: readonly Event[]): string {
  const lines = events.flatMap((event, index) => [
    `${AT}[jepsen worker ${event.process}] jepsen.util: ${logLine(event)}`,
    ...(index % 7 === 0
      ? ["2025-06-23 13:09:12,081{GMT}\tWARN\t[main] jepsen.core: crashed", "\tat java.net.Socket.read(S.java:1)"]
      : []),
    ...(index % 11 === 0 ? [`${AT}[jepsen nemesis] jepsen.util: :nemesis\t:info\t:start\t{"n1" #{"n2"}}`] : []),
  ]);
  const head = [
    `${AT}[main] jepsen.core: Running test:`,
    "{:remote",
    " #jepsen.control.Remote{:conn nil}",
    " :concurrency",
    " 3}",
  ];
  return [...head, ...lines, `${AT}[main] jepsen.core: {:valid? true}`, "", "Everything looks good!"].join("\r\n");
}

function logLine({ process, type, f, value, error }: Event): string {
  const shown = type === "info" ? ":timed-out" : edn(value);
  return `${process}\t:${type}\t:${f}\t${shown}${error === undefined ? "" : `\t${JSON.stringify(error)}`}`;
}

function ednMap({ type, f, process, ...rest }: Event & { readonly time?: number | bigint }): string {
  const fields = Object.entries(rest).map(([name, value]) => `:${name} ${edn(value)}`);
  return `{:type :${type}, :f :${f}, :process ${process}, ${fields.join(", ")}}`;
}

function edn(value: Json | bigint): string {
  if (value === null) return "nil";
  if (typeof value === "bigint") return String(value);
  return Array.isArray(value) ? `[${value.map(edn).join(" ")}]` : JSON.stringify(value);
}

/** Writes the operations as log lines of Jepsen's etcd test. */
export function jepsenLog(operations: readonly Operation[]): string {
  const lines = eventsOf(operations, { keys: "none", transaction: "txn" }).map(logLine);
  return `${lines.map((line) => `INFO  jepsen.util - ${line}`).join("\n")}\n`;
}
