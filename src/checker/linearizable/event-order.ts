/**
 * Puts the calls and returns of operations into one order. Operation a comes before b in real time only if a returned
 * strictly before b was called; at equal times they overlap, so calls sort before returns: clocks with coarse ticks can
 * then hide a violation, but never invent one.
 */
import type { Operation } from "../../history.ts";

export interface EventOrder {
  /** Indices of the answered operations, in order of their calls. */
  readonly answered: readonly number[];
  /** Indices of the operations whose effect may come at any time after their call, in order of their calls. */
  readonly open: readonly number[];
  /** Position of the call and of the return of each operation; an open one's return is Infinity. */
  readonly callAt: Float64Array;
  readonly returnAt: Float64Array;
}

/** O(n log n). Refused operations have no effect and must have been left out. */
export function orderEvents(operations: readonly Operation[]): EventOrder {
  const calls = operations.map((_, index) => index).sort(by((index) => timeOf(operations, index, "invokedAtMs")));
  const returns = calls.filter((index) => isAnswered(operations[index]));
  returns.sort(by((index) => timeOf(operations, index, "completedAtMs")));
  const callAt = new Float64Array(operations.length);
  const returnAt = new Float64Array(operations.length).fill(Infinity);
  let position = 0;
  let nextCall = 0;
  for (const index of returns) {
    const returnedAtMs = timeOf(operations, index, "completedAtMs");
    while (nextCall < calls.length && timeOf(operations, calls[nextCall], "invokedAtMs") <= returnedAtMs) {
      callAt[calls[nextCall++] as number] = position++;
    }
    returnAt[index] = position++;
  }
  while (nextCall < calls.length) callAt[calls[nextCall++] as number] = position++;
  return {
    answered: calls.filter((index) => isAnswered(operations[index])),
    open: calls.filter((index) => !isAnswered(operations[index])),
    callAt,
    returnAt,
  };
}

function isAnswered(operation: Operation | undefined): boolean {
  return operation?.outcome.type === "ok" && operation.completedAtMs !== null;
}

function timeOf(operations: readonly Operation[], index: number | undefined, field: "invokedAtMs" | "completedAtMs") {
  return operations[index ?? -1]?.[field] ?? Infinity;
}

/** Stable, so that equal times keep the order of the history. */
function by(time: (index: number) => number): (a: number, b: number) => number {
  return (a, b) => {
    const [timeA, timeB] = [time(a), time(b)];
    return timeA < timeB ? -1 : timeA > timeB ? 1 : 0;
  };
}
