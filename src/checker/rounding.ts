/**
 * How far a number may be off because it, or one of its amounts, was computed in binary fractions (0.1 + 0.2 is then
 * 0.30000000000000004). The allowance for a sum is at most what rounding can do to that many additions of such sizes. If amounts
 * are written as plain decimals, it is also less than half of their smallest unit: a missing cent is never mistaken for rounding.
 */
import { absolute, compare, type Decimal, isBinaryText, plus, scaleOf, times, ZERO } from "../std/decimal.ts";
import type { Json } from "../std/json.ts";

/** Slightly more than half the distance between two neighbouring binary fractions, relative to their size. */
const UNIT_ROUNDOFF: Decimal = { units: 12n, scale: 17 };
/** The same for an amount that took a few steps to compute, such as 1.1 * 1.1. */
const OF_COMPUTED: Decimal = { units: 96n, scale: 17 };
const HALF: Decimal = { units: 5n, scale: 1 };

export interface Rounding {
  /** The allowance for numbers that were summed in binary fractions. */
  readonly ofSum: Decimal;
  /** The allowance for any number: the error of the amounts themselves, as they are written. */
  readonly ofAmounts: Decimal;
}

/** The amounts that make up a number. */
export class Amounts {
  #count = 0;
  #magnitude = ZERO;
  #ofAmounts = ZERO;
  /** The most decimal places of any amount, except those that show the rounding of a binary fraction. */
  #scale = 0;
  #isPlain = false;

  /** Adds an amount. `given` is the amount as it was written. */
  add(amount: Decimal, given: Json | undefined): void {
    const size = absolute(amount);
    this.#count += 1;
    this.#magnitude = plus(this.#magnitude, size);
    if (typeof given === "number" && isBinaryText(String(given))) {
      this.#ofAmounts = plus(this.#ofAmounts, times(size, OF_COMPUTED));
      return;
    }
    this.#isPlain = true;
    this.#scale = Math.max(this.#scale, scaleOf(amount));
  }

  /**
   * Returns the allowance. `start` is the number before the amounts were added; `steps` is the number of further additions, and
   * `scale` their decimal places. The sum of n binary fractions is off by at most n units of roundoff of the sum of their sizes,
   * in any order (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2).
   */
  rounding(start: Decimal, { steps: more = 0, scale = 0 } = {}): Rounding {
    const steps: Decimal = { units: BigInt(this.#count + more + 2), scale: 0 };
    const worst = times(steps, times(plus(this.#magnitude, absolute(start)), UNIT_ROUNDOFF));
    const half = halfUnit(Math.max(this.#scale, scale));
    const isCapped = this.#isPlain && compare(worst, half) > 0;
    return { ofSum: plus(isCapped ? half : worst, this.#ofAmounts), ofAmounts: this.#ofAmounts };
  }
}

/** Returns slightly less than half of the last of that many decimal places. */
export function halfUnit(scale: number): Decimal {
  return times({ units: 98n, scale: scale + 2 }, HALF);
}
