/**
 * Attributes moments of a run to its experiments. An experiment owns the time from half-way through the calm before its
 * fault to half-way through the calm after it: a write lost in a calm is blamed on the nearer fault. The first owns
 * everything before it, the last everything after it.
 */
import type { RunFacts } from "../checker.ts";

export type FaultFact = RunFacts["faults"][number];

export class FaultWindows {
  readonly faults: readonly FaultFact[];
  /** `#ends[i]`: where experiment i's time ends and i + 1's begins. */
  readonly #ends: readonly number[];

  constructor(faults: readonly FaultFact[]) {
    this.faults = faults.toSorted((a, b) => a.bitAtMs - b.bitAtMs);
    this.#ends = this.faults.slice(1).map((next, index) => boundary(this.faults[index] as FaultFact, next));
  }

  /** Index into `faults` of the experiment that owns the moment; -1 when there is no fault at all. */
  indexAt(atMs: number): number {
    const index = this.#ends.findIndex((end) => atMs < end);
    return index === -1 ? this.faults.length - 1 : index;
  }

  /** Indices of the faults that bit within `withinMs` after the moment, or at it. */
  bitesAfter(atMs: number, withinMs: number): number[] {
    return this.faults.flatMap(({ bitAtMs }, index) => (bitAtMs >= atMs && bitAtMs - atMs <= withinMs ? [index] : []));
  }
}

/** A fault that was never healed lasts until the next one bites. */
function boundary(before: FaultFact, next: FaultFact): number {
  const healed = before.healedAtMs ?? next.bitAtMs;
  return healed >= next.bitAtMs ? next.bitAtMs : (healed + next.bitAtMs) / 2;
}
