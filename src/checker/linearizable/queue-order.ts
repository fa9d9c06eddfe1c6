/**
 * Decides a queue whose values are all different, in O(n log n) instead of by a search.
 *
 * Such a history of completed operations is linearizable if and only if it shows none of four patterns (Henzinger, Sezgin,
 * Vafeiadis: Aspect-oriented linearizability proofs, CONCUR 2013; as patterns of histories: Bouajjani, Emmi, Enea, Hamza: On
 * reducing linearizability to state reachability, ICALP 2015):
 *
 * 1. a value leaves that never came, or leaves before its enqueue was called;
 * 2. a value leaves twice;
 * 3. x came before y (its enqueue returned before y's was called), y left, and x left only after that or never;
 * 4. while a dequeue found the queue empty, at each moment some value had surely come and surely not left.
 *
 * Unanswered operations. An enqueue happened if its value left; otherwise it is safe to assume that it never happened. An
 * unanswered dequeue never returns, so it cannot form a pattern itself. It may take a value that must be out of the way of others
 * (3), which has to happen before the earliest return of those others. So the values in the way, by that deadline, are matched
 * with the unanswered dequeues, by their calls: the i-th deadline must come after the i-th call. An unanswered dequeue may also
 * have made the queue empty (4): if an empty answer has no other explanation, the history is left to the search.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Decision } from "./definition.ts";
import { orderEvents } from "./event-order.ts";

/** Positions of the calls and returns of the operations that brought a value and took it. */
interface Stay {
  readonly item: string;
  readonly enqueue: number;
  readonly cameFrom: number;
  readonly cameBy: number;
  /** Index of the answered dequeue; -1 if there is none, in which case the value leaves at Infinity. */
  dequeue: number;
  leftFrom: number;
  leftBy: number;
}

interface Events {
  readonly stays: readonly Stay[];
  readonly empties: readonly { readonly index: number; readonly from: number; readonly by: number }[];
  /** Calls of unanswered dequeues, ascending. */
  readonly openFrom: readonly number[];
}

export function decideQueue(operations: readonly Operation[], initial: Json | undefined): Decision | undefined {
  const events = eventsOf(operations, initial);
  if (events === undefined || "linearizable" in events) return events;
  const wrong = overtaken(events) ?? inTheWay(events);
  if (wrong !== undefined) return wrong;
  const full = neverEmpty(events);
  if (full === undefined) return { linearizable: true };
  return events.openFrom.length === 0 ? full : undefined;
}

/**
 * Collects the events. Returns undefined if the values are not all different, or if one of them is null: a dequeue of null means
 * that the queue was empty.
 */
function eventsOf(operations: readonly Operation[], initial: Json | undefined): Events | Decision | undefined {
  const { callAt, returnAt, open } = orderEvents(operations);
  const stays = staysOf(operations, { callAt, returnAt }, Array.isArray(initial) ? initial : []);
  if (stays === undefined) return undefined;
  const empties: { index: number; from: number; by: number }[] = [];
  for (const [index, { kind, outcome }] of operations.entries()) {
    if (kind !== "dequeue" || outcome.type !== "ok" || returnAt[index] === Infinity) continue;
    const [from, by] = [callAt[index] ?? 0, returnAt[index] ?? 0];
    if (outcome.output === null) empties.push({ index, from, by });
    else {
      const stay = stays.get(canonicalJson(outcome.output));
      if (stay === undefined) return no(index, "that value never entered the queue");
      if (stay.dequeue >= 0) return no(index, "that value had already left");
      if (by < stay.cameFrom) return no(index, "that value entered only later");
      stay.dequeue = index;
      stay.leftFrom = from;
      stay.leftBy = by;
    }
  }
  const openFrom = [...open]
    .filter((index) => operations[index]?.kind === "dequeue")
    .map((index) => callAt[index] ?? 0);
  // An unanswered enqueue whose value never left need not have happened.
  const came = [...stays.values()].filter(({ cameBy, dequeue }) => cameBy !== Infinity || dequeue >= 0);
  return { stays: came, empties, openFrom: openFrom.sort((a, b) => a - b) };
}

function staysOf(
  operations: readonly Operation[],
  { callAt, returnAt }: { readonly callAt: Float64Array; readonly returnAt: Float64Array },
  initial: readonly Json[],
): Map<string, Stay> | undefined {
  const stays = new Map<string, Stay>();
  const add = (value: Json, enqueue: number, cameFrom: number, cameBy: number): boolean => {
    const item = canonicalJson(value);
    const isNew = value !== null && !stays.has(item);
    stays.set(item, { item, enqueue, cameFrom, cameBy, dequeue: -1, leftFrom: Infinity, leftBy: Infinity });
    return isNew;
  };
  // The initial values came before all calls, one after the other.
  const first = -2 * initial.length;
  const allInitial = initial.every((value, at) => add(value, -1, first + 2 * at, first + 2 * at + 1));
  const allOthers = operations.every(
    ({ kind, input }, index) => kind !== "enqueue" || add(input, index, callAt[index] ?? 0, returnAt[index] ?? 0),
  );
  return allInitial && allOthers ? stays : undefined;
}

/** Finds pattern 3 among values that both left. */
function overtaken({ stays }: Events): Decision | undefined {
  const byReturn = stays.filter(({ dequeue }) => dequeue >= 0).sort((x, y) => x.cameBy - y.cameBy);
  const byCall = [...byReturn].sort((x, y) => x.cameFrom - y.cameFrom);
  let next = 0;
  let last: Stay | undefined;
  for (const later of byCall) {
    for (; (byReturn[next]?.cameBy ?? Infinity) < later.cameFrom; next++) {
      const earlier = byReturn[next];
      if (earlier !== undefined && earlier.leftFrom > (last?.leftFrom ?? -Infinity)) last = earlier;
    }
    if (last !== undefined && later.leftBy < last.leftFrom)
      return no(later.dequeue, `${last.item} entered before it and left after it`);
  }
  return undefined;
}

/** Finds pattern 3 where no answered dequeue took the earlier value. */
function inTheWay({ stays, openFrom }: Events): Decision | undefined {
  const byCall = stays.filter(({ dequeue }) => dequeue >= 0).sort((x, y) => y.cameFrom - x.cameFrom);
  const staying = stays.filter(({ dequeue }) => dequeue < 0).sort((x, y) => y.cameBy - x.cameBy);
  const deadlines: { readonly stay: Stay; readonly before: Stay }[] = [];
  let next = 0;
  let first: Stay | undefined;
  for (const stay of staying) {
    for (; (byCall[next]?.cameFrom ?? -Infinity) > stay.cameBy; next++) {
      const later = byCall[next];
      if (later !== undefined && later.leftBy < (first?.leftBy ?? Infinity)) first = later;
    }
    if (first !== undefined) deadlines.push({ stay, before: first });
  }
  deadlines.sort((x, y) => x.before.leftBy - y.before.leftBy);
  const missed = deadlines.find(({ before }, at) => (openFrom[at] ?? Infinity) > before.leftBy);
  return missed && no(missed.before.dequeue, `${missed.stay.item} entered before it and never left`);
}

/**
 * Finds pattern 4. A value is surely present from the return of its enqueue to the call of its dequeue; such periods that overlap
 * are merged.
 */
function neverEmpty({ stays, empties }: Events): Decision | undefined {
  const sure = stays.filter(({ cameBy, leftFrom }) => cameBy < leftFrom).sort((x, y) => x.cameBy - y.cameBy);
  let next = 0;
  let [from, by] = [Infinity, -Infinity];
  for (const empty of empties.toSorted((x, y) => x.from - y.from)) {
    for (; (sure[next]?.cameBy ?? Infinity) < Math.max(by, empty.from); next++) {
      const { cameBy, leftFrom } = sure[next] as Stay;
      if (cameBy > by) from = cameBy;
      by = Math.max(by, leftFrom);
    }
    if (from < empty.from && empty.by < by) return no(empty.index, "it was never empty meanwhile");
  }
  return undefined;
}

function no(operation: number, because: string): Decision {
  return { linearizable: false, operation, because };
}
