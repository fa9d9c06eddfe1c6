/** The iteration that a user is in, and when the next call in it was due. */
export class Turn {
  /** Number of the iteration, from 0; -1 before the first one. */
  iteration = -1;
  /** A counter that grows with every call and wait. An iteration that does not change it has awaited nothing of ours. */
  activity = 0;
  #beganMs = 0;
  #dueMs = 0;

  /** Begins an iteration at `nowMs`. Its first call was due at `dueMs` (both performance.now()), or is due when made (0). */
  begin(dueMs: number, nowMs: number): void {
    this.iteration++;
    this.#beganMs = dueMs === 0 ? nowMs : dueMs;
    if (dueMs !== 0) this.#dueMs = dueMs;
  }

  /** Sets when the next call was due, whether onStart or the first iteration makes it. */
  due(dueMs: number): void {
    this.#dueMs = dueMs;
  }

  /** Returns when the next call was due, and clears it, so that later calls are due when they are made. */
  takeDueMs(nowMs: number): number {
    const due = this.#dueMs;
    this.#dueMs = 0;
    this.activity++;
    return due === 0 ? nowMs : due;
  }

  /** Returns how late the next call is, in ms. */
  lateMs(nowMs: number): number {
    return this.#dueMs === 0 ? 0 : Math.max(0, nowMs - this.#dueMs);
  }

  /** Returns how long the iteration has lasted, in ms. */
  lastsMs(nowMs: number): number {
    return nowMs - this.#beganMs;
  }
}
