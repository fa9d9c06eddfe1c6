/**
 * What a number may be at rest after operations that add to it: at least the acknowledged sum with every unanswered
 * subtraction, at most the acknowledged sum with every unanswered addition. Each attempt counts for itself: a retry of an
 * unanswered one may have been applied as well. Sums are exact (std/decimal.ts).
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
  /** Operations whose amount is no number: whatever they changed is not known. */
  readonly unreadable = new Unreadable();
  readonly #changes = new Map<string, Changes>();

  /** Adds the operation's amount, times `sign`, under the key, as certain or as possible as the outcome says. */
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

  /** Some change of it named no number, so what it may be is not known. */
  isUnreadable(key: string): boolean {
    return this.#changes.get(key)?.isUnreadable ?? false;
  }

  /** What the key's number may be, having begun at `initial`. */
  of(key: string, initial: Decimal): Bounds {
    const { lower, upper, amounts } = this.#changes.get(key) ?? new Changes();
    return {
      lower: plus(initial, lower),
      upper: plus(initial, upper),
      rounding: amounts.rounding(initial, { scale: scaleOf(initial) }),
    };
  }
}

/** What a finding adds where a number was only right within that rounding. */
export const ROUNDED =
  "Some values or amounts are binary fractions (0.30000000000000004) and are right within their rounding.";

/** yes; no; or only if what was added up in binary fractions is taken as rounded. */
export type Fit = "yes" | "rounded" | "no";

/** `tolerance`: what the plan allows, instead of what binary fractions need. */
export function fit(value: LedgerNumber, { lower, upper, rounding }: Bounds, tolerance: Decimal | undefined): Fit {
  const isWithin = (slack: Decimal) =>
    compare(value.value, minus(lower, slack)) >= 0 && compare(value.value, plus(upper, slack)) <= 0;
  if (isWithin(tolerance ?? ZERO)) return "yes";
  if (tolerance !== undefined) return "no";
  return isWithin(value.isBinary ? rounding.ofSum : rounding.ofAmounts) ? "rounded" : "no";
}
