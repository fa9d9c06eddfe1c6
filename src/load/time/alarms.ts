/**
 * Alarms for thousands of waiting users on one bell, in a binary heap by due time. All alarms that are due when the bell rings
 * are rung together.
 */
import { type Bell, TimerBell } from "./bell.ts";

export interface Alarm {
  /** On the scale of performance.now(). */
  readonly dueMs: number;
  /** Null once the alarm has rung or was cancelled. */
  sleeper: Ringing | null;
}

/** The receiver of an alarm. */
export interface Ringing {
  ring(): void;
}

export class Alarms {
  readonly #heap: Alarm[] = [];
  readonly #onLate: (lateMs: number) => void;
  readonly #bell: Bell;
  #bellDueMs = Number.POSITIVE_INFINITY;

  /** `onLate` receives how late each alarm rang. */
  constructor(onLate: (lateMs: number) => void, bell: Bell = new TimerBell()) {
    this.#onLate = onLate;
    this.#bell = bell;
  }

  at(dueMs: number, sleeper: Ringing): Alarm {
    const alarm: Alarm = { dueMs, sleeper };
    this.#push(alarm);
    if (dueMs < this.#bellDueMs) this.#aim();
    return alarm;
  }

  /** Cancels an alarm. It stays in the heap until it is due, and then does nothing. */
  cancel(alarm: Alarm): void {
    alarm.sleeper = null;
  }

  #aim(): void {
    const next = this.#heap[0];
    this.#bellDueMs = next?.dueMs ?? Number.POSITIVE_INFINITY;
    if (next === undefined) this.#bell.cancel();
    else this.#bell.aim(next.dueMs, this.#onBell);
  }

  readonly #onBell = () => {
    const now = performance.now();
    this.#bellDueMs = Number.NEGATIVE_INFINITY; // no aiming while ringing: the call below covers all new alarms
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= now; next = this.#heap[0]) {
      this.#pop();
      const { sleeper } = next;
      if (sleeper === null) continue;
      next.sleeper = null;
      this.#onLate(now - next.dueMs);
      sleeper.ring();
    }
    this.#aim();
  };

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(alarm);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Alarm;
      if (above.dueMs <= alarm.dueMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Alarm;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length && (heap[child + 1] as Alarm).dueMs < (heap[child] as Alarm).dueMs) child++;
      const below = heap[child] as Alarm;
      if (below.dueMs >= last.dueMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
