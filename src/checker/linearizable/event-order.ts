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
  const calledMs = new Float64Array(operations.length);
  const returnedMs = new Float64Array(operations.length);
  for (const [index, operation] of operations.entries()) {
    calledMs[index] = operation.invokedAtMs;
    returnedMs[index] = returnTimeOf(operation);
  }
  const calls = sortedBy(Int32Array.from(operations.keys()), calledMs);
  const answered = calls.filter((index) => returnedMs[index] !== Infinity);
  const open = calls.filter((index) => returnedMs[index] === Infinity);
  const returns = sortedBy(answered, returnedMs);
  const callAt = new Float64Array(operations.length);
  const returnAt = new Float64Array(operations.length).fill(Infinity);
  let position = 0;
  let next = 0;
  for (const index of returns) {
    for (; next < calls.length && (calledMs[calls[next] ?? 0] ?? 0) <= (returnedMs[index] ?? 0); next++) {
      callAt[calls[next] ?? 0] = position++;
    }
    returnAt[index] = position++;
  }
  for (; next < calls.length; next++) callAt[calls[next] ?? 0] = position++;
  return { answered, open, callAt, returnAt, positions: position };
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
