/**
 * Attributes points in time to the experiments of a run. An experiment owns the time from the middle of the calm before its fault
 * to the middle of the calm after it, so a write lost in a calm is attributed to the nearer fault. The first experiment also owns
 * everything before it, and the last one everything after it.
 */
import type { RunFacts } from "../checker.ts";

export type FaultFact = RunFacts["faults"][number];

export class FaultWindows {
  readonly faults: readonly FaultFact[];
  /** `#ends[i]` is where the time of experiment i ends and that of i + 1 begins. */
  readonly #ends: readonly number[];

  constructor(faults: readonly FaultFact[]) {
    this.faults = faults.toSorted((a, b) => a.bitAtMs - b.bitAtMs);
    this.#ends = this.faults.slice(1).map((next, index) => boundary(this.faults[index] as FaultFact, next));
  }

  /** Returns the index into `faults` of the experiment that owns the point in time; -1 if there are no faults. */
  indexAt(atMs: number): number {
    const index = this.#ends.findIndex((end) => atMs < end);
    return index === -1 ? this.faults.length - 1 : index;
  }

  /** Returns the indices of the faults that bit at that time or within `withinMs` after it. */
  bitesAfter(atMs: number, withinMs: number): number[] {
    return this.faults.flatMap(({ bitAtMs }, index) => (bitAtMs >= atMs && bitAtMs - atMs <= withinMs ? [index] : []));
  }
}

/** Returns where the time of the first fault ends. A fault that was never healed lasts until the next one bites. */
function boundary(before: FaultFact, next: FaultFact): number {
  const healed = before.healedAtMs ?? next.bitAtMs;
  return healed >= next.bitAtMs ? next.bitAtMs : (healed + next.bitAtMs) / 2;
}
