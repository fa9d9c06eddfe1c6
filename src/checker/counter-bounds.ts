/**
 * counter-bounds: at rest, a counter is at least the acknowledged sum and at most that sum plus all unanswered additions.
 *
 * Feeds: operations of kind "increment" and "decrement" (input: a number, or { amount }; 1 if absent; `key` names the counter;
 * without a key there is a single counter). Ledger: items { id: key, value }; for a counter without a key any id is accepted,
 * provided that there is exactly one item. Options: `initial` (a number, or numbers by key; default 0), `tolerance` (how far a
 * value may be off; by default it must be exact except for the rounding of binary fractions, see bounds.ts). Text that is a
 * number counts as a number; any other text makes the finding unknown.
 *
 * The last complete read decides. It must not be the only one, nor may the numbers still have been changing: a value outside the
 * bounds may simply be late.
 *
 * Figures: acknowledged, unknown, counters, violations, completeReads, and where they are not zero rounded and unreadable.
 * O(operations) time, O(counters + items) memory. Source: Jepsen's counter checker.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { type Decimal, jsonOf, textOf, ZERO } from "../std/decimal.ts";
import { unreadableGap } from "./amounts.ts";
import { BoundsByKey, fit, ROUNDED } from "./bounds.ts";
import { type LedgerNumber, LedgerValues, type ValuesRead } from "./ledger-values.ts";
import { decimalByKey, toleranceOption } from "./option.ts";

export const counterBounds: Checker = {
  name: "counter-bounds",
  claim: "a counter holds at least what was acknowledged, and no more than what was attempted",
  options: ["initial", "tolerance"],
  begin: (claim) => new CounterCheck(claim),
};

class CounterCheck implements Check {
  readonly #claim: Claim;
  readonly #initial: (key: string) => Decimal | undefined;
  readonly #tolerance: Decimal | undefined;
  readonly #bounds = new BoundsByKey();
  readonly #values: LedgerValues;
  #rounded = 0;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#initial = decimalByKey(claim, "initial") ?? (() => ZERO);
    this.#tolerance = toleranceOption(claim);
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    const { kind, key = "" } = operation;
    if (kind === "increment" || kind === "decrement") this.#bounds.add(key, kind === "increment" ? 1 : -1, operation);
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const last = reads.at(-1);
    const { acknowledged, unknown, unreadable } = this.#bounds;
    unreadable.items((last?.unreadable ?? []).filter(({ id }) => this.#isOurs(id)));
    const found = this.#compare(last);
    return {
      checker: counterBounds.name,
      object: this.#claim.object,
      ...this.#judge(found, unreadableGap(unreadable), reads.length),
      witnesses: [...found.violations, ...unreadable.witnesses].slice(0, WITNESSES_MAX),
      figures: {
        acknowledged,
        unknown,
        counters: this.#bounds.keys().length,
        violations: found.violations.length,
        completeReads: reads.length,
        ...(this.#rounded > 0 && { rounded: this.#rounded }),
        ...(unreadable.count > 0 && { unreadable: unreadable.count }),
      },
    };
  }

  #isOurs(id: string): boolean {
    const keys = this.#bounds.keys();
    return keys.includes(id) || keys.includes("");
  }

  /** Compares the last complete read with the bounds, for the counters whose changes are all known. */
  #compare(last: ValuesRead | undefined): { violations: FindingWitness[]; missing: number } {
    const violations: FindingWitness[] = [];
    let missing = 0;
    for (const key of last === undefined ? [] : this.#bounds.keys()) {
      const value = shownValue(key, last?.values);
      if (value === undefined) missing += 1;
      else if (!this.#bounds.isUnreadable(key)) violations.push(...this.#violation(key, value, last?.read ?? 0));
      if (value !== undefined) violations.push(...doubled(key, last));
    }
    return { violations, missing };
  }

  #violation(key: string, value: LedgerNumber, read: number): FindingWitness[] {
    const bounds = this.#bounds.of(key, this.#initial(key) ?? ZERO);
    const fits = fit(value, bounds, this.#tolerance);
    if (fits === "rounded") this.#rounded += 1;
    if (fits !== "no") return [];
    const [shown, lower, upper] = [value.value, bounds.lower, bounds.upper];
    const name = key === "" ? "it" : key;
    const says = `${name} is ${textOf(shown)} in read ${read}, but must be at least ${textOf(lower)} and at most ${textOf(upper)}`;
    const detail = { value: jsonOf(shown), lower: jsonOf(lower), upper: jsonOf(upper), read };
    return [{ says, ...(key === "" ? {} : { id: key }), detail }];
  }

  #judge(
    { violations, missing }: { violations: FindingWitness[]; missing: number },
    unreadable: string | null,
    reads: number,
  ): Pick<Finding, "status" | "because"> {
    const [first] = violations;
    const doubt = this.#values.doubt();
    if (first !== undefined && doubt === null) {
      return { status: "fail", because: `${first.says} (${violations.length} violations).` };
    }
    if (first !== undefined) return { status: "unknown", because: `${first.says}: ${doubt}.` };
    const gap = this.#gap(missing, unreadable, reads);
    if (gap !== null) return { status: "unknown", because: gap };
    const { acknowledged, unknown } = this.#bounds;
    const sound = `Every counter is within the bounds that ${acknowledged} acknowledged and ${unknown} unanswered changes set.`;
    return { status: "pass", because: this.#rounded === 0 ? sound : `${sound} ${ROUNDED}` };
  }

  /** Returns why the evidence does not suffice for a pass, or null if it does. */
  #gap(missing: number, unreadable: string | null, reads: number): string | null {
    if (reads === 0) return `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.`;
    if (unreadable !== null) return unreadable;
    if (this.#bounds.acknowledged === 0) return "No change was acknowledged.";
    return missing > 0 ? `${missing} counters have no value in the ledger.` : null;
  }
}

/** Returns a violation for a counter that exists twice: it has no single value, because a reader may see either. */
function doubled(key: string, last: ValuesRead | undefined): FindingWitness[] {
  const [one, other] = last?.values.get(key) ?? [];
  if (last === undefined || other === undefined || one === undefined) return [];
  const says = `${key} is in read ${last.read} more than once, as ${textOf(one.value)} and ${textOf(other.value)}`;
  return [{ says, id: key }];
}

/** Returns the value shown for a counter. A counter without a key is the only item of its object, whatever the item's id. */
function shownValue(key: string, values: ValuesRead["values"] | undefined): LedgerNumber | undefined {
  const [only, ...others] = key === "" ? [...(values?.values() ?? [])].flat() : [];
  return values?.get(key)?.[0] ?? (others.length === 0 ? only : undefined);
}
