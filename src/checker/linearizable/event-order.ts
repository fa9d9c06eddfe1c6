/**
 * Puts the calls and returns of operations into one order. Operation a comes before b in real time only if a returned
 * strictly before b was called; at equal times they overlap, so calls sort before returns: clocks with coarse ticks can
 * then hide a violation, but never invent one.
 */
import type { Operation } from "../../history.ts";

export interface EventOrder {
  /** Indices of the answered operations, in order of their calls. */
  readonly answered: Int32Array;
  /** Indices of the operations whose effect may come at any time after their call, in order of their calls. */
  readonly open: Int32Array;
  /** Position of the call and of the return of each operation, no two alike; an open one's return is Infinity. */
  readonly callAt: Float64Array;
  readonly returnAt: Float64Array;
  /** How many positions there are. */
  readonly positions: number;
}

/** O(n log n), O(n) where the operations come in order. Refused operations have no effect and must have been left out. */
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

/** Stable, so that equal times keep the order of the history. Most histories come in order. */
function sortedBy(indices: Int32Array, times: Float64Array): Int32Array {
  const isInOrder = indices.every((index, at) => at === 0 || (times[indices[at - 1] ?? 0] ?? 0) <= (times[index] ?? 0));
  if (isInOrder) return indices;
  const byTime = (a: number, b: number) => {
    const [timeA, timeB] = [times[a] ?? 0, times[b] ?? 0];
    return timeA < timeB ? -1 : timeA > timeB ? 1 : 0;
  };
  return Int32Array.from(Array.from(indices).sort(byTime));
}
