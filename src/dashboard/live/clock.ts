/**
 * The run's clock as somebody who only reads its files can know it: no line is written before its time, so the run's clock is at
 * least as far as any line says, and goes on from there. The wall clock may jump meanwhile; it is used only once, for how long ago
 * a file was written before it was first read.
 */
export class RunClock {
  readonly #monotonicMs: () => number;
  #aheadMs = Number.NEGATIVE_INFINITY;
  #endMs: number | null = null;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Notes a time that was read `agoMs` after it was written. */
  saw(atMs: number, agoMs = 0): void {
    this.#aheadMs = Math.max(this.#aheadMs, atMs + agoMs - this.#monotonicMs());
  }

  /** Stops the clock at the end of the run. */
  end(atMs: number): void {
    this.#endMs = atMs;
  }

  nowMs(): number {
    if (this.#endMs !== null) return this.#endMs;
    return Number.isFinite(this.#aheadMs) ? Math.max(0, this.#monotonicMs() + this.#aheadMs) : 0;
  }
}
