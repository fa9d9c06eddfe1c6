/**
 * Determines the order in which the events of a foreign history happened. Most recorders write an event when it happens, so that
 * the lines are in order of time. Others write both events of an operation when it ends, or merge the files of several clients.
 * If events have an :index, it defines their order; otherwise their :time does, unless the lines are in that order anyway.
 */
import { badHistory } from "./edn.ts";
import type { RecordedEvent, RecordedStamp } from "./recorded-event.ts";

export type Order = "index" | "time" | "lines";
export const ORDERS: readonly Order[] = ["index", "time", "lines"];

/** An event and when it happened. Events of the same tick happened at the same time as far as is known. */
export interface TimedEvent {
  readonly event: RecordedEvent;
  readonly tick: number;
}

/**
 * Returns the orders that the stamps allow, the most credible first; "lines" if the lines are in the order of the stamps too.
 * Returns two orders if every event has both stamps and they contradict each other: the index may have been assigned to the lines
 * afterwards, or the clocks may have been read before the event was recorded. Throws GamedayError if only some events are stamped
 * and the lines are not in the order of these stamps.
 */
export function ordersOf(events: readonly RecordedEvent[], file: string): Order[] {
  const timed = isWhole(events, "time");
  const byIndex = isWhole(events, "index") ? inOrderOfIndex(events) : undefined;
  if (byIndex !== undefined) {
    const order = byIndex === events ? "lines" : "index";
    return timed && firstInversion(byIndex, "time") !== undefined ? [order, "time"] : [order];
  }
  if (timed) return firstInversion(events, "time") === undefined ? ["lines"] : ["time"];
  for (const stamp of ["time", "index"] as const) {
    const late = firstInversion(events, stamp);
    if (late !== undefined) throw halfStamped(late, stamp, file);
  }
  return ["lines"];
}

/** Returns the events in that order. Throws GamedayError if an event lacks the stamp. */
export function inOrder(events: readonly RecordedEvent[], order: Order, file: string): TimedEvent[] {
  if (order === "lines") return events.map((event, tick) => ({ event, tick }));
  const without = events.find((event) => event[order] === undefined);
  if (without !== undefined) {
    const { line, column } = without;
    throw badHistory(`${order === "index" ? "an :index" : "a :time"} on every event`, "an event without one", {
      file,
      line,
      column,
    });
  }
  const inOrder = sorted(events, order);
  if (order === "index") return inOrder.map((event, tick) => ({ event, tick }));
  return simultaneous(inOrder);
}

function sorted(events: readonly RecordedEvent[], stamp: "time" | "index"): RecordedEvent[] {
  return events.toSorted((a, b) => (isBefore(a[stamp], b[stamp]) ? -1 : isBefore(b[stamp], a[stamp]) ? 1 : 0));
}

function isBefore(a: RecordedStamp | undefined, b: RecordedStamp | undefined): boolean {
  return a !== undefined && b !== undefined && a < b;
}

/** Assigns the same tick to events of the same time; within a tick, each process does one thing after the other. */
function simultaneous(events: readonly RecordedEvent[]): TimedEvent[] {
  const open = new Set<string>();
  const timed: TimedEvent[] = [];
  for (let from = 0, tick = 0; from < events.length; tick++) {
    let to = from + 1;
    while (to < events.length && !isBefore(events[from]?.time, events[to]?.time)) to++;
    const group = events.slice(from, to);
    for (const event of group.length === 1 ? group : alternating(group, open)) {
      timed.push({ event, tick });
      if (event.type === "invoke") open.add(event.process ?? "");
      else open.delete(event.process ?? "");
    }
    from = to;
  }
  return timed;
}

/**
 * Orders the events of each process: first the completion of the open operation, then the next invocation, then its completion,
 * and so on.
 */
function alternating(group: readonly RecordedEvent[], open: ReadonlySet<string>): RecordedEvent[] {
  const processes = Map.groupBy(group, (event) => event.process ?? "");
  return [...processes].flatMap(([process, own]) => {
    const invocations = own.filter(({ type }) => type === "invoke");
    const completions = own.filter(({ type }) => type !== "invoke");
    const [first, second] = open.has(process) ? [completions, invocations] : [invocations, completions];
    const turns = Math.max(first.length, second.length);
    return Array.from({ length: turns }, (_, turn) => [first[turn], second[turn]])
      .flat()
      .filter((event) => event !== undefined);
  });
}

function isWhole(events: readonly RecordedEvent[], stamp: "time" | "index"): boolean {
  return events.length > 0 && events.every((event) => event[stamp] !== undefined);
}

/**
 * Returns the events in the order of their index: the same list if it is in that order already, and undefined if two events have
 * the same index.
 */
function inOrderOfIndex(events: readonly RecordedEvent[]): readonly RecordedEvent[] | undefined {
  const isAscending = (list: readonly RecordedEvent[]) =>
    list.every((event, at) => at === 0 || isBefore(list[at - 1]?.index, event.index));
  if (isAscending(events)) return events;
  const byIndex = sorted(events, "index");
  return isAscending(byIndex) ? byIndex : undefined;
}

/** Returns the first event whose stamp is smaller than an earlier one. */
function firstInversion(events: readonly RecordedEvent[], stamp: "time" | "index"): RecordedEvent | undefined {
  let latest: RecordedStamp | undefined;
  for (const event of events) {
    if (isBefore(event[stamp], latest)) return event;
    latest = event[stamp] ?? latest;
  }
  return undefined;
}

function halfStamped({ line, column }: RecordedEvent, stamp: string, file: string) {
  return badHistory(
    `a distinct :index or a :time on every event, or lines in their order`,
    `an event whose :${stamp} is earlier than that of a line before it, and events without`,
    { file, line, column },
    "--order lines takes the lines in the order of the file",
  );
}
