/**
 * The values that a number may have at rest after operations that add to it: at least the acknowledged sum plus every unanswered
 * subtraction, and at most the acknowledged sum plus every unanswered addition. Each attempt counts separately, because both an
 * unanswered attempt and its retry may have been applied. Sums are exact (std/decimal.ts).
 */
import type { Operation } from "../history.ts";
import { compare, type Decimal, minus, plus, scaleOf, ZERO } from "../std/decimal.ts";
import { amountOf, givenAmount, Unreadable } from "./amounts.ts";
import type { LedgerNumber } from "./ledger-values.ts";
import { Amounts, type Rounding } from "./rounding.ts";

export interface Bounds {
  readonly lower: Decimal;
  readonly upper: Decimal;
  readonly rounding: Rounding;
}

class Changes {
  lower = ZERO;
  upper = ZERO;
  readonly amounts = new Amounts();
  isUnreadable = false;
}

export class BoundsByKey {
  acknowledged = 0;
  unknown = 0;
  /** Operations whose amount is not a number: the change that they made is not known. */
  readonly unreadable = new Unreadable();
  readonly #changes = new Map<string, Changes>();

  /**
   * Adds the operation's amount, multiplied by `sign`, under the key. The outcome decides whether the change is certain or only
   * possible.
   */
  add(key: string, sign: 1 | -1, operation: Operation): void {
    if (operation.outcome.type === "refused") return;
    const changes = this.#changes.get(key) ?? new Changes();
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
    changes.amounts.add(amount, givenAmount(operation));
    if (certain || amount.units < 0n) changes.lower = plus(changes.lower, amount);
    if (certain || amount.units > 0n) changes.upper = plus(changes.upper, amount);
  }

  keys(): string[] {
    return [...this.#changes.keys()];
  }

  /** Returns whether some change of the key named no number, so that its possible values are not known. */
  isUnreadable(key: string): boolean {
    return this.#changes.get(key)?.isUnreadable ?? false;
  }

  /** Returns the values that the key's number may have, if it started at `initial`. */
  of(key: string, initial: Decimal): Bounds {
    const { lower, upper, amounts } = this.#changes.get(key) ?? new Changes();
    return {
      lower: plus(initial, lower),
      upper: plus(initial, upper),
      rounding: amounts.rounding(initial, { scale: scaleOf(initial) }),
    };
  }
}

/** The sentence that a finding adds if a number was correct only within that rounding. */
export const ROUNDED =
  "Some values or amounts are binary fractions (such as 0.30000000000000004) and are correct within their rounding.";

/**
 * Whether a value fits its bounds: yes; no; or "rounded", if it fits only when sums in binary fractions may be off by their
 * rounding.
 */
export type Fit = "yes" | "rounded" | "no";

/**
 * Returns whether the value fits the bounds. `tolerance` is what the plan allows; it replaces the allowance for binary fractions.
 */
export function fit(value: LedgerNumber, { lower, upper, rounding }: Bounds, tolerance: Decimal | undefined): Fit {
  const isWithin = (slack: Decimal) =>
    compare(value.value, minus(lower, slack)) >= 0 && compare(value.value, plus(upper, slack)) <= 0;
  if (isWithin(tolerance ?? ZERO)) return "yes";
  if (tolerance !== undefined) return "no";
  return isWithin(value.isBinary ? rounding.ofSum : rounding.ofAmounts) ? "rounded" : "no";
}
