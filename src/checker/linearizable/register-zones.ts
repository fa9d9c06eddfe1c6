/**
 * Decides a register whose written values are all different, in O(n log n) instead of by a search.
 *
 * A write and the reads of its value form one cluster. Its zone lies between the earliest return and the latest call of its
 * operations. If that return comes first (a forward zone), the register surely held the value from the one to the other;
 * otherwise (a backward zone) a single moment between the two suffices for all operations of the cluster. The history is
 * linearizable if and only if no read returned before the write of its value was called, no two forward zones overlap, and no
 * backward zone lies within a forward one (Gibbons, Korach: Testing shared memories, SIAM Journal on Computing 26, 1997, theorem
 * 4.1 and section 4.2).
 *
 * An unanswered write whose value was read did happen. It never returns, which only leaves its zone more freedom; unanswered
 * writes whose value was never read were removed earlier (register.ts). The initial value counts as written before all calls.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Decision } from "./definition.ts";
import { type EventOrder, orderEvents } from "./event-order.ts";

/** Columns indexed by the number of the value, because there may be a million values. The initial value is number 0. */
interface Zones {
  readonly numbers: ReadonlyMap<string, number>;
  /** The call of the write. */
  readonly writtenAt: Float64Array;
  /** The earliest return, and the latest call together with the operation that made it, over the write and the reads. */
  readonly returned: Float64Array;
  readonly called: Float64Array;
  readonly last: Int32Array;
}

const BEFORE_ALL = -2;

export function decideRegister(operations: readonly Operation[], initial: Json | undefined): Decision | undefined {
  const numbers = numbersOf(operations, initial);
  if (numbers === undefined) return undefined;
  const order = orderEvents(operations);
  const size = numbers.size;
  const zones: Zones = {
    numbers,
    writtenAt: new Float64Array(size).fill(BEFORE_ALL),
    returned: new Float64Array(size).fill(BEFORE_ALL + 1),
    called: new Float64Array(size).fill(BEFORE_ALL),
    last: new Int32Array(size).fill(-1),
  };
  addWrites(zones, operations, order);
  return addReads(zones, operations, order) ?? clash(zones, operations) ?? { linearizable: true };
}

/** Numbers the values in order of the list; returns undefined if two writes, or a write and the initial value, are equal. */
function numbersOf(operations: readonly Operation[], initial: Json | undefined): Map<string, number> | undefined {
  const numbers = new Map([[canonicalJson(initial ?? null), 0]]);
  for (const { kind, input } of operations) {
    if (kind !== "write") continue;
    const value = canonicalJson(input);
    if (numbers.has(value)) return undefined;
    numbers.set(value, numbers.size);
  }
  return numbers;
}

function addWrites(
  { writtenAt, returned, called, last }: Zones,
  operations: readonly Operation[],
  order: EventOrder,
): void {
  let number = 0;
  for (const [index, { kind }] of operations.entries()) {
    if (kind !== "write") continue;
    number += 1;
    writtenAt[number] = order.callAt[index] ?? 0;
    called[number] = order.callAt[index] ?? 0;
    returned[number] = order.returnAt[index] ?? 0;
    last[number] = index;
  }
}

function addReads(zones: Zones, operations: readonly Operation[], order: EventOrder): Decision | undefined {
  const { numbers, writtenAt, returned, called, last } = zones;
  for (const index of order.answered) {
    const operation = operations[index];
    if (operation?.kind !== "read" || operation.outcome.type !== "ok") continue;
    const number = numbers.get(canonicalJson(operation.outcome.output));
    if (number === undefined) return no(index, "that value was never written");
    const [callAt, returnAt] = [order.callAt[index] ?? 0, order.returnAt[index] ?? 0];
    if (returnAt < (writtenAt[number] ?? 0)) return no(index, "that value was written only later");
    returned[number] = Math.min(returned[number] ?? 0, returnAt);
    // Reads come in order of their calls, so this call is the latest so far, unless the write was called after it.
    if (callAt > (called[number] ?? 0)) {
      called[number] = callAt;
      last[number] = index;
    }
  }
  return undefined;
}

/** Compares each forward zone, in order of time, with the next forward zone and with the backward zones that begin within it. */
function clash({ returned, called, last }: Zones, operations: readonly Operation[]): Decision | undefined {
  const returnOf = (number: number | undefined) => (number === undefined ? Infinity : (returned[number] ?? 0));
  const callOf = (number: number | undefined) => (number === undefined ? Infinity : (called[number] ?? 0));
  const all = Int32Array.from(last.keys());
  const forward = all.filter((number) => returnOf(number) < callOf(number)).sort((x, y) => returnOf(x) - returnOf(y));
  const backward = all.filter((number) => callOf(number) < returnOf(number)).sort((x, y) => callOf(x) - callOf(y));
  let next = 0;
  for (const [at, zone] of forward.entries()) {
    const ends = callOf(zone);
    const after = forward[at + 1];
    let within = returnOf(after) < ends ? after : undefined;
    for (; within === undefined && callOf(backward[next]) < ends; next++) {
      if (returnOf(zone) < callOf(backward[next]) && returnOf(backward[next]) < ends) within = backward[next];
    }
    if (within === undefined) continue;
    // The operation that was called last of all is the one that a person would call stale.
    const [stale, newer] = ends > callOf(within) ? [zone, within] : [within, zone];
    return no(last[stale] ?? 0, `${valueAt(operations[last[newer] ?? 0])} was surely the value in between`);
  }
  return undefined;
}

/** Returns, as text, the value that a write wrote or a read returned. */
function valueAt(operation: Operation | undefined): string {
  if (operation === undefined) return "another value";
  const { kind, input, outcome } = operation;
  return canonicalJson(kind === "write" || outcome.type !== "ok" ? input : outcome.output);
}

function no(operation: number, because: string): Decision {
  return { linearizable: false, operation, because };
}
