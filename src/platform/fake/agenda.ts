/**
 * The fake's agenda: what is to happen when, ordered by time and, at equal times, by order of entry. Virtual time runs it as fast
 * as possible; real time runs whatever is due by the clock. It is a binary heap in three parallel arrays, to avoid an object for
 * each event.
 */
export type Happening = () => void;

export class Agenda {
  #nowMs = 0;
  #entries = 0;
  readonly #times: number[] = [];
  readonly #order: number[] = [];
  readonly #happenings: Happening[] = [];

  /** Milliseconds since the start; while a happening runs, exactly its time. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The time of the earliest happening; null when there is none. */
  get nextAtMs(): number | null {
    return this.#times[0] ?? null;
  }

  /** Schedules a happening; a time in the past counts as now. */
  at(atMs: number, happening: Happening): void {
    let hole = this.#times.length;
    const time = Math.max(atMs, this.#nowMs);
    const order = this.#entries++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#isAfter(parent, time, order)) break;
      this.#copy(parent, hole);
      hole = parent;
    }
    this.#put(hole, time, order, happening);
  }

  /** Schedules a happening `afterMs` from now. */
  after(afterMs: number, happening: Happening): void {
    this.at(this.#nowMs + afterMs, happening);
  }

  /**
   * Runs everything that is due until `untilMs`, including what these happenings schedule, and then sets the time to `untilMs`.
   */
  runUntil(untilMs: number): void {
    while ((this.#times[0] ?? Number.POSITIVE_INFINITY) <= untilMs) {
      this.#nowMs = this.#times[0] as number;
      this.#takeFirst()();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #takeFirst(): Happening {
    const first = this.#happenings[0] as Happening;
    const time = this.#times.pop() as number;
    const order = this.#order.pop() as number;
    const happening = this.#happenings.pop() as Happening;
    if (this.#times.length > 0) this.#sink(time, order, happening);
    return first;
  }

  #sink(time: number, order: number, happening: Happening): void {
    const size = this.#times.length;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isAfter(child, this.#times[right] as number, this.#order[right] as number))
        child = right;
      if (this.#isAfter(child, time, order)) break;
      this.#copy(child, hole);
      hole = child;
    }
    this.#put(hole, time, order, happening);
  }

  /** Returns whether the entry at `index` comes after (time, order). */
  #isAfter(index: number, time: number, order: number): boolean {
    const other = this.#times[index] as number;
    return other > time || (other === time && (this.#order[index] as number) > order);
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#order[from] as number, this.#happenings[from] as Happening);
  }

  #put(index: number, time: number, order: number, happening: Happening): void {
    this.#times[index] = time;
    this.#order[index] = order;
    this.#happenings[index] = happening;
  }
}
