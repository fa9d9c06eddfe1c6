/**
 * What a number may be at rest after operations that add to it: at least the acknowledged sum with every unanswered
 * subtraction, at most the acknowledged sum with every unanswered addition. Each attempt counts for itself: a retry of an
 * unanswered one may have been applied as well.
 */
import type { Operation } from "../history.ts";
import { isRecord } from "../std/json.ts";

export interface Bounds {
  lower: number;
  upper: number;
}

export class BoundsByKey {
  acknowledged = 0;
  unknown = 0;
  readonly #changes = new Map<string, Bounds>();

  /** Adds `amount` (may be negative) under the key, as certain or as possible as the outcome says. */
  add(key: string, amount: number, operation: Operation): void {
    if (operation.outcome.type === "refused") return;
    const bounds = this.#changes.get(key) ?? { lower: 0, upper: 0 };
    this.#changes.set(key, bounds);
    const certain = operation.outcome.type === "ok";
    if (certain) this.acknowledged += 1;
    else this.unknown += 1;
    bounds.lower += certain ? amount : Math.min(0, amount);
    bounds.upper += certain ? amount : Math.max(0, amount);
  }

  keys(): string[] {
    return [...this.#changes.keys()];
  }

  /** What the key's number may be, having begun at `initial`. */
  of(key: string, initial: number): Bounds {
    const { lower, upper } = this.#changes.get(key) ?? { lower: 0, upper: 0 };
    return { lower: initial + lower, upper: initial + upper };
  }
}

/** The operation's number: its input, or its input's `amount` or `quantity`; 1 where there is none. */
export function amountOf({ input }: Operation): number {
  const inner = isRecord(input) ? (input["amount"] ?? input["quantity"]) : input;
  return typeof inner === "number" ? inner : 1;
}
