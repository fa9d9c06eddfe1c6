/**
 * Decides a register whose written values are all different, in O(n log n) instead of a search.
 *
 * A write and the reads of its value are one cluster. Its zone lies between the earliest return and the latest call of its operations: where
 * that return comes first (a forward zone), the register surely held the value from the one to the other; else (a backward zone) some
 * moment between the two is enough for all of them. The history is linearizable if and only if no read returned before the write of its
 * value was called, no two forward zones overlap, and no backward zone lies within a forward one (Gibbons, Korach: Testing shared
 * memories, SIAM Journal on Computing 26, 1997, theorem 4.1 and section 4.2).
 *
 * An unanswered write that was read happened, and returns never, which only widens its zone's choice; those that nobody read were left out
 * before (register.ts). The value at the beginning counts as written before all calls.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Decision } from "./definition.ts";
import { type EventOrder, orderEvents } from "./event-order.ts";

interface Zone {
  readonly value: string;
  readonly calledAt: number;
  /** Earliest return, and latest call with the operation that made it; of writes and reads. */
  returned: number;
  called: number;
  last: number;
}

export function decideRegister(operations: readonly Operation[], initial: Json | undefined): Decision | undefined {
  const order = orderEvents(operations);
  const zones = zonesOf(operations, order, initial);
  if (zones === undefined) return undefined;
  return addReads(zones, operations, order) ?? clash([...zones.values()]) ?? { linearizable: true };
}

/** By value; undefined where two writes, or a write and the beginning, have the same. */
function zonesOf(
  operations: readonly Operation[],
  { callAt, returnAt }: EventOrder,
  initial: Json | undefined,
): Map<string, Zone> | undefined {
  const first = canonicalJson(initial ?? null);
  const zones = new Map([[first, { value: first, calledAt: -2, returned: -1, called: -2, last: -1 }]]);
  for (const [index, { kind, input }] of operations.entries()) {
    if (kind !== "write") continue;
    const value = canonicalJson(input);
    if (zones.has(value)) return undefined;
    const calledAt = callAt[index] ?? 0;
    zones.set(value, { value, calledAt, returned: returnAt[index] ?? 0, called: calledAt, last: index });
  }
  return zones;
}

function addReads(zones: Map<string, Zone>, operations: readonly Operation[], order: EventOrder): Decision | undefined {
  for (const index of order.answered) {
    const operation = operations[index];
    if (operation?.kind !== "read" || operation.outcome.type !== "ok") continue;
    const zone = zones.get(canonicalJson(operation.outcome.output));
    if (zone === undefined) return no(index, "that value was never written");
    const [called, returned] = [order.callAt[index] ?? 0, order.returnAt[index] ?? 0];
    if (returned < zone.calledAt) return no(index, "that value was written only later");
    zone.returned = Math.min(zone.returned, returned);
    // In order of calls, so the latest so far, unless the write was called after it.
    if (called > zone.called) [zone.called, zone.last] = [called, index];
  }
  return undefined;
}

/** Forward zones in order of time, each held against the next one, and against the backward ones that begin within it. */
function clash(zones: readonly Zone[]): Decision | undefined {
  const forward = zones.filter(({ returned, called }) => returned < called).sort((x, y) => x.returned - y.returned);
  const backward = zones.filter(({ returned, called }) => called < returned).sort((x, y) => x.called - y.called);
  let next = 0;
  for (const [at, zone] of forward.entries()) {
    const after = forward[at + 1];
    if (after !== undefined && after.returned < zone.called) return clashOf(zone, after);
    for (; (backward[next]?.called ?? Infinity) < zone.called; next++) {
      const other = backward[next] as Zone;
      if (zone.returned < other.called && other.returned < zone.called) return clashOf(zone, other);
    }
  }
  return undefined;
}

/** The read that comes last of all is the one that a person would call stale. */
function clashOf(zone: Zone, other: Zone): Decision {
  const [stale, newer] = zone.called > other.called ? [zone, other] : [other, zone];
  return no(stale.last, `${newer.value} was surely written in between`);
}

function no(operation: number, because: string): Decision {
  return { linearizable: false, operation, because };
}
