/**
 * What a number may be at rest after operations that add to it: at least the acknowledged sum with every unanswered
 * subtraction, at most the acknowledged sum with every unanswered addition. Each attempt counts for itself: a retry of an
 * unanswered one may have been applied as well. Sums are exact (std/decimal.ts).
 */
import type { Operation } from "../history.ts";
import { absolute, compare, type Decimal, minus, plus, times, ZERO } from "../std/decimal.ts";
import { amountOf, Unreadable } from "./amounts.ts";
import type { LedgerNumber } from "./ledger-values.ts";

export interface Bounds {
  readonly lower: Decimal;
  readonly upper: Decimal;
  /** How far the rounding of binary fractions may take a number that was added up with them. */
  readonly rounding: Decimal;
}

interface Changes {
  lower: Decimal;
  upper: Decimal;
  /** How many there were, and the sum of their sizes. */
  count: number;
  magnitude: Decimal;
  isUnreadable: boolean;
}

const NONE: Readonly<Changes> = { lower: ZERO, upper: ZERO, count: 0, magnitude: ZERO, isUnreadable: false };

export class BoundsByKey {
  acknowledged = 0;
  unknown = 0;
  /** Operations whose amount is no number: whatever they changed is not known. */
  readonly unreadable = new Unreadable();
  readonly #changes = new Map<string, Changes>();

  /** Adds the operation's amount, times `sign`, under the key, as certain or as possible as the outcome says. */
  add(key: string, sign: 1 | -1, operation: Operation): void {
    if (operation.outcome.type === "refused") return;
    const changes = this.#changes.get(key) ?? { ...NONE };
    this.#changes.set(key, changes);
    const certain = operation.outcome.type === "ok";
    if (certain) this.acknowledged += 1;
    else this.unknown += 1;
    const size = amountOf(operation);
    if (size === undefined) {
      changes.isUnreadable = true;
      return this.unreadable.operation(operation);
    }
    const amount = sign < 0 ? minus(ZERO, size) : size;
    changes.count += 1;
    changes.magnitude = plus(changes.magnitude, absolute(amount));
    if (certain || amount.units < 0n) changes.lower = plus(changes.lower, amount);
    if (certain || amount.units > 0n) changes.upper = plus(changes.upper, amount);
  }

  keys(): string[] {
    return [...this.#changes.keys()];
  }

  /** Some change of it named no number, so what it may be is not known. */
  isUnreadable(key: string): boolean {
    return this.#changes.get(key)?.isUnreadable ?? false;
  }

  /** What the key's number may be, having begun at `initial`. */
  of(key: string, initial: Decimal): Bounds {
    const { lower, upper, count, magnitude } = this.#changes.get(key) ?? NONE;
    const rounding = roundingOf(count, plus(magnitude, absolute(initial)));
    return { lower: plus(initial, lower), upper: plus(initial, upper), rounding };
  }
}

/** A little more than half the distance of two neighbouring binary fractions, relative to them. */
const UNIT_ROUNDOFF: Decimal = { units: 12n, scale: 17 };

/**
 * The most by which a sum of so many binary fractions can differ from the exact one, whatever their order: one unit of roundoff
 * for each step, relative to the sum of their sizes. Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 4.2.
 */
export function roundingOf(count: number, magnitude: Decimal): Decimal {
  return times({ units: BigInt(2 * count + 2), scale: 0 }, times(magnitude, UNIT_ROUNDOFF));
}

/** What a finding adds where a number was only right within that rounding. */
export const ROUNDED =
  "Some values were added up in binary fractions (0.30000000000000004) and are right within their rounding.";

/** yes; no; or only if what was added up in binary fractions is taken as rounded. */
export type Fit = "yes" | "rounded" | "no";

/** `tolerance`: what the plan allows, instead of what binary fractions need. */
export function fit(value: LedgerNumber, { lower, upper, rounding }: Bounds, tolerance: Decimal | undefined): Fit {
  const isWithin = (slack: Decimal) =>
    compare(value.value, minus(lower, slack)) >= 0 && compare(value.value, plus(upper, slack)) <= 0;
  if (isWithin(tolerance ?? ZERO)) return "yes";
  return tolerance === undefined && value.isBinary && isWithin(rounding) ? "rounded" : "no";
}
