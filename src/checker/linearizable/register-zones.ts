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
  /** Call of the write. */
  calledAt: number;
  /** Earliest return, and latest call with the operation that made it; of writes and reads. */
  returned: number;
  called: number;
  last: number;
}

export function decideRegister(operations: readonly Operation[], initial: Json | undefined): Decision | undefined {
  const zones = zonesOf(operations, initial);
  if (zones === undefined) return undefined;
  const order = orderEvents(operations);
  for (const zone of zones.values()) if (zone.last >= 0) begin(zone, order);
  return addReads(zones, operations, order) ?? clash([...zones.values()], operations) ?? { linearizable: true };
}

/** By value, before their times are known; undefined where two writes, or a write and the beginning, have the same value. */
function zonesOf(operations: readonly Operation[], initial: Json | undefined): Map<string, Zone> | undefined {
  const zones = new Map<string, Zone>();
  zones.set(canonicalJson(initial ?? null), { calledAt: -2, returned: -1, called: -2, last: -1 });
  for (const [index, { kind, input }] of operations.entries()) {
    if (kind !== "write") continue;
    const value = canonicalJson(input);
    if (zones.has(value)) return undefined;
    zones.set(value, { calledAt: 0, returned: 0, called: 0, last: index });
  }
  return zones;
}

/** Of a zone whose last operation is its write. */
function begin(zone: Zone, { callAt, returnAt }: EventOrder): void {
  zone.calledAt = callAt[zone.last] ?? 0;
  zone.called = zone.calledAt;
  zone.returned = returnAt[zone.last] ?? 0;
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
function clash(zones: readonly Zone[], operations: readonly Operation[]): Decision | undefined {
  const forward = zones.filter(({ returned, called }) => returned < called).sort((x, y) => x.returned - y.returned);
  const backward = zones.filter(({ returned, called }) => called < returned).sort((x, y) => x.called - y.called);
  let next = 0;
  for (const [at, zone] of forward.entries()) {
    const after = forward[at + 1];
    if (after !== undefined && after.returned < zone.called) return clashOf([zone, after], operations);
    for (; (backward[next]?.called ?? Infinity) < zone.called; next++) {
      const other = backward[next] as Zone;
      if (zone.returned < other.called && other.returned < zone.called) return clashOf([zone, other], operations);
    }
  }
  return undefined;
}

/** The operation that was called last of all is the one that a person would call stale. */
function clashOf([zone, other]: readonly [Zone, Zone], operations: readonly Operation[]): Decision {
  const [stale, newer] = zone.called > other.called ? [zone, other] : [other, zone];
  return no(stale.last, `${valueAt(operations[newer.last])} was surely the value in between`);
}

/** As text, of what a write wrote or a read gave. */
function valueAt(operation: Operation | undefined): string {
  if (operation === undefined) return "another value";
  const { kind, input, outcome } = operation;
  return canonicalJson(kind === "write" || outcome.type !== "ok" ? input : outcome.output);
}

function no(operation: number, because: string): Decision {
  return { linearizable: false, operation, because };
}
