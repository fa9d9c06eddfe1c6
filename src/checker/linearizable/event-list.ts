/**
 * The calls and returns of the answered operations that are not yet in the order, as a doubly linked list in order of events
 * (Lowe: Testing for linearizability, 2017). Answered operations are identified by rank: 0, 1 ... in order of their calls. Entry
 * 2r + 1 is the call of rank r, and entry 2r + 2 is its return.
 */
import type { EventOrder } from "./event-order.ts";

const HEAD = 0;
const END = -1;

export class EventList {
  /** For each rank, the number of answered operations that were called before its return. */
  readonly calledBefore: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(order: EventOrder) {
    const count = order.answered.length;
    this.calledBefore = new Int32Array(count);
    this.#next = new Int32Array(2 * count + 1).fill(END);
    this.#previous = new Int32Array(2 * count + 1).fill(END);
    this.#link(order);
  }

  get first(): number {
    return this.#next[HEAD] ?? END;
  }

  get isEmpty(): boolean {
    return this.first === END;
  }

  after(entry: number): number {
    return this.#next[entry] ?? END;
  }

  before(entry: number): number {
    return this.#previous[entry] ?? HEAD;
  }

  /** Returns the rank of the operation that returns first; the list must not be empty. */
  firstReturn(): number {
    let entry = this.first;
    while (isCall(entry)) entry = this.after(entry);
    return rankOf(entry);
  }

  /** Removes the call and the return of the rank from the list. */
  lift(rank: number): void {
    this.#unlink(2 * rank + 1);
    this.#unlink(2 * rank + 2);
  }

  /** Undoes `lift`, provided that every rank that was lifted later was put back before. */
  putBack(rank: number): void {
    this.#relink(2 * rank + 2);
    this.#relink(2 * rank + 1);
  }

  #link({ answered, callAt, returnAt, positions }: EventOrder): void {
    const entries = new Int32Array(positions);
    answered.forEach((operation, rank) => {
      entries[callAt[operation] ?? 0] = 2 * rank + 1;
      entries[returnAt[operation] ?? 0] = 2 * rank + 2;
    });
    let last = HEAD;
    let called = 0;
    for (const entry of entries) {
      if (entry === HEAD) continue; // Skips the call of an open operation.
      if (isCall(entry)) called += 1;
      else this.calledBefore[rankOf(entry)] = called;
      this.#next[last] = entry;
      this.#previous[entry] = last;
      last = entry;
    }
  }

  #unlink(entry: number): void {
    const before = this.before(entry);
    const after = this.after(entry);
    this.#next[before] = after;
    if (after !== END) this.#previous[after] = before;
  }

  #relink(entry: number): void {
    this.#next[this.before(entry)] = entry;
    const after = this.after(entry);
    if (after !== END) this.#previous[after] = entry;
  }
}

export function isCall(entry: number): boolean {
  return entry > 0 && (entry & 1) === 1;
}

export function rankOf(entry: number): number {
  return (entry - 1) >> 1;
}
