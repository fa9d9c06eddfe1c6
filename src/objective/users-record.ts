/**
 * Records how many users were surely active in each second. A worker counts with the fewest users that any of its intervals in
 * that second reports, and with none if it reported nothing; the count of a second is the sum over all workers.
 */
import type { Interval } from "../interval.ts";
import type { Span } from "../outage/span.ts";

/** A stretch of whole seconds, with the fewest users in any of them. */
export interface UsersStretch extends Span {
  readonly seconds: number;
  readonly usersFewest: number;
}

export class UsersRecord {
  readonly #fromMs: number;
  readonly #seconds: number;
  /** The fewest users of each second, by worker; -1 if the worker reported nothing. */
  readonly #workers = new Map<string, Int32Array>();
  /** The latest end of the intervals that touch each second, which is when its users were counted. */
  readonly #countedMs: Float64Array;

  constructor(fromMs: number, seconds: number) {
    this.#fromMs = fromMs;
    this.#seconds = seconds;
    this.#countedMs = new Float64Array(seconds);
  }

  /** Returns the number of workers that reported users. */
  get workers(): number {
    return this.#workers.size;
  }

  add({ worker, fromMs, toMs, users }: Interval): void {
    const own = this.#of(worker);
    const first = Math.max(0, Math.floor((fromMs - this.#fromMs) / 1000));
    const last = Math.min(this.#seconds - 1, Math.floor((toMs - this.#fromMs) / 1000));
    for (let second = first; second <= last; second++) {
      const before = own[second] ?? -1;
      own[second] = before < 0 ? users : Math.min(before, users);
      this.#countedMs[second] = Math.max(toMs, this.#countedMs[second] ?? 0);
    }
  }

  /** Returns the whole seconds of a span whose users were counted (at the ends of intervals) within it; null if there is none. */
  within(span: Span): UsersStretch | null {
    const [first, last] = this.#secondsOf(span);
    let end = last;
    while (end > first && (this.#countedMs[end - 1] ?? 0) > span.toMs) end--;
    if (end <= first) return null;
    let usersFewest = Number.POSITIVE_INFINITY;
    for (let second = first; second < end; second++) usersFewest = Math.min(usersFewest, this.#at(second));
    return this.#stretch(first, end, usersFewest);
  }

  /** Returns the longest stretch in which no second has fewer users; null if there is none. */
  longest(users: number): UsersStretch | null {
    let best = { first: 0, end: 0, fewest: 0 };
    let run = { first: 0, end: 0, fewest: Number.POSITIVE_INFINITY };
    for (let second = 0; second < this.#seconds; second++) {
      const now = this.#at(second);
      run =
        now >= users
          ? { first: run.first, end: second + 1, fewest: Math.min(run.fewest, now) }
          : { first: second + 1, end: second + 1, fewest: Number.POSITIVE_INFINITY };
      if (run.end - run.first > best.end - best.first) best = run;
    }
    return best.end > best.first ? this.#stretch(best.first, best.end, best.fewest) : null;
  }

  #at(second: number): number {
    let sum = 0;
    for (const own of this.#workers.values()) sum += Math.max(0, own[second] ?? 0);
    return sum;
  }

  #secondsOf({ fromMs, toMs }: Span): readonly [first: number, end: number] {
    const first = Math.max(0, Math.ceil((fromMs - this.#fromMs) / 1000));
    return [first, Math.min(this.#seconds, Math.floor((toMs - this.#fromMs) / 1000))];
  }

  #stretch(first: number, end: number, usersFewest: number): UsersStretch {
    const fromMs = this.#fromMs + first * 1000;
    return { fromMs, toMs: this.#fromMs + end * 1000, seconds: end - first, usersFewest };
  }

  #of(worker: string): Int32Array {
    const known = this.#workers.get(worker);
    if (known !== undefined) return known;
    const fresh = new Int32Array(this.#seconds).fill(-1);
    this.#workers.set(worker, fresh);
    return fresh;
  }
}
