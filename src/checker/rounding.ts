/**
 * How far a number may be off because somebody added it up, or computed an amount of it, in binary fractions (0.1 + 0.2 is then
 * 0.30000000000000004). At most by what rounding can do to so many additions of such sizes, and always by less than half of the
 * smallest unit that the amounts are written in: a cent that is missing is never taken for rounding.
 */
import { absolute, compare, type Decimal, isBinaryText, plus, scaleOf, times, ZERO } from "../std/decimal.ts";
import type { Json } from "../std/json.ts";

/** A little more than half the distance of two neighbouring binary fractions, relative to them. */
const UNIT_ROUNDOFF: Decimal = { units: 12n, scale: 17 };
/** The same for an amount that took a few steps to compute, as 1.1 * 1.1 does. */
const OF_COMPUTED: Decimal = { units: 96n, scale: 17 };
const HALF: Decimal = { units: 5n, scale: 1 };

export interface Rounding {
  /** For numbers that were added up in binary fractions. */
  readonly ofSum: Decimal;
  /** For any number: what the amounts themselves are off by, as they are written. */
  readonly ofAmounts: Decimal;
}

/** The amounts that make up a number. */
export class Amounts {
  #count = 0;
  #magnitude = ZERO;
  #ofAmounts = ZERO;
  /** Digits behind the point of the finest amount, but for those that show the rounding of a binary fraction. */
  #scale = 0;
  #isPlain = false;

  /** `given`: as it is written. */
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
   * `start`: the size of what was there before; `steps` and `scale`: further additions, and digits behind the point. The sum of n binary fractions is off by at most n units of roundoff of the sum of their sizes, in
   * any order (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2).
   */
  rounding(start: Decimal, { steps: more = 0, scale = 0 } = {}): Rounding {
    const steps: Decimal = { units: BigInt(this.#count + more + 2), scale: 0 };
    const worst = times(steps, times(plus(this.#magnitude, absolute(start)), UNIT_ROUNDOFF));
    const half = halfUnit(Math.max(this.#scale, scale));
    const isCapped = this.#isPlain && compare(worst, half) > 0;
    return { ofSum: plus(isCapped ? half : worst, this.#ofAmounts), ofAmounts: this.#ofAmounts };
  }
}

/** A little less than half of the last of so many digits behind the point. */
export function halfUnit(scale: number): Decimal {
  return times({ units: 98n, scale: scale + 2 }, HALF);
}
