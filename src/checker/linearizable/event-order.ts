/**
 * Puts the calls and returns of operations into one order. Operation a precedes b in real time only if a returned strictly before
 * b was called. At equal times they overlap, so calls sort before returns: a clock with coarse ticks can then hide a violation,
 * but never produce a false one.
 */
import type { Operation } from "../../history.ts";

export interface EventOrder {
  /** Indices of the answered operations, in order of their calls. */
  readonly answered: Int32Array;
  /** Indices of the operations whose effect may come at any time after their call, in order of their calls. */
  readonly open: Int32Array;
  /** Positions of the call and of the return of each operation, all distinct; the return of an open operation is Infinity. */
  readonly callAt: Float64Array;
  readonly returnAt: Float64Array;
  /** The number of positions. */
  readonly positions: number;
}

/**
 * Orders the events in O(n log n), or in O(n) if the operations come in order. Refused operations have no effect and must be left
 * out.
 */
export function orderEvents(operations: readonly Operation[]): EventOrder {
  const { callAt, returnAt } = timesOf(operations);
  const calls = sortedBy(indicesWhere(operations.length, always), callAt);
  const isAnswered = (at: number) => returnAt[calls[at] ?? 0] !== Infinity;
  const answered = picked(calls, isAnswered);
  const open = answered === calls ? new Int32Array(0) : picked(calls, (at) => !isAnswered(at));
  const positions = numberEvents(calls, sortedBy(answered, returnAt), callAt, returnAt);
  return { answered, open, callAt, returnAt, positions };
}

/**
 * Replaces the times of the events by their positions, and returns how many there are. The same columns serve for both, because
 * a history may have a million operations; what has no return keeps Infinity.
 */
function numberEvents(calls: Int32Array, returns: Int32Array, callAt: Float64Array, returnAt: Float64Array): number {
  let position = 0;
  let next = 0;
  for (const index of returns) {
    for (; next < calls.length && (callAt[calls[next] ?? 0] ?? 0) <= (returnAt[index] ?? 0); next++) {
      callAt[calls[next] ?? 0] = position++;
    }
    returnAt[index] = position++;
  }
  for (; next < calls.length; next++) callAt[calls[next] ?? 0] = position++;
  return position;
}

function timesOf(operations: readonly Operation[]): { callAt: Float64Array; returnAt: Float64Array } {
  const callAt = new Float64Array(operations.length);
  const returnAt = new Float64Array(operations.length);
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index] as Operation;
    callAt[index] = operation.invokedAtMs;
    returnAt[index] = returnTimeOf(operation);
  }
  return { callAt, returnAt };
}

function always(): boolean {
  return true;
}

/** Returns the numbers below `count` that fit. Unlike filter() and from(), it builds no list of a million elements in between. */
function indicesWhere(count: number, fits: (at: number) => boolean): Int32Array {
  const found = new Int32Array(count);
  let size = 0;
  for (let at = 0; at < count; at++) if (fits(at)) found[size++] = at;
  return size === count ? found : found.slice(0, size);
}

/** Returns the elements at the places that fit; the array itself if all do. */
function picked(indices: Int32Array, fits: (at: number) => boolean): Int32Array {
  const places = indicesWhere(indices.length, fits);
  return places.length === indices.length ? indices : places.map((at) => indices[at] ?? 0);
}

function returnTimeOf({ outcome, completedAtMs }: Operation): number {
  return outcome.type === "ok" ? (completedAtMs ?? Infinity) : Infinity;
}

/** Sorts stably, so that equal times keep the order of the history. Most histories are already in order. */
function sortedBy(indices: Int32Array, times: Float64Array): Int32Array {
  const isInOrder = indices.every((index, at) => at === 0 || (times[indices[at - 1] ?? 0] ?? 0) <= (times[index] ?? 0));
  if (isInOrder) return indices;
  const byTime = (a: number, b: number) => {
    const [timeA, timeB] = [times[a] ?? 0, times[b] ?? 0];
    return timeA < timeB ? -1 : timeA > timeB ? 1 : 0;
  };
  return Int32Array.from(Array.from(indices).sort(byTime));
}
