/**
 * counter-bounds: at rest a counter is at least the acknowledged sum and at most that plus all unanswered additions.
 *
 * Feeds: operations kind "increment" and "decrement" (input: a number, or { amount }; 1 where there is none; `key` names the
 * counter, none: there is one). Ledger: items { id: key, value }; for a counter without key any id will do, if there is
 * one item. Options: `initial` (a number, or numbers by key; default 0).
 *
 * The last complete read counts, and it must not be the only one: what is outside of the bounds may just be late.
 *
 * Figures: acknowledged, unknown, counters, violations, completeReads. O(operations) time, O(counters + items) memory.
 * Source: Jepsen's counter checker.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { amountOf, BoundsByKey } from "./bounds.ts";
import { copyOf, LedgerValues, ONLY_READ } from "./ledger-values.ts";
import { numberByKey } from "./option.ts";

export const counterBounds: Checker = {
  name: "counter-bounds",
  claim: "a counter holds at least what was acknowledged, and no more than what was attempted",
  options: ["initial"],
  begin: (claim) => new CounterCheck(claim),
};

class CounterCheck implements Check {
  readonly #claim: Claim;
  readonly #initial: (key: string) => number | undefined;
  readonly #bounds = new BoundsByKey();
  readonly #values: LedgerValues;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#initial = numberByKey(claim, "initial") ?? (() => 0);
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    const sign = { increment: 1, decrement: -1 }[operation.kind];
    if (sign !== undefined) this.#bounds.add(operation.key ?? "", sign * amountOf(operation), operation);
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const last = reads.at(-1);
    const keys = this.#bounds.keys();
    const witnesses: FindingWitness[] = [];
    let missing = 0;
    for (const key of last === undefined ? [] : keys) {
      const value = shownValue(key, last?.values);
      if (value === undefined) missing += 1;
      else witnesses.push(...this.#violation(key, value, last?.read ?? 0), ...doubled(key, last));
    }
    const { acknowledged, unknown } = this.#bounds;
    const counters = keys.length;
    return {
      checker: counterBounds.name,
      object: this.#claim.object,
      ...this.#judge(witnesses, missing, reads.length),
      witnesses: witnesses.slice(0, WITNESSES_MAX),
      figures: { acknowledged, unknown, counters, violations: witnesses.length, completeReads: reads.length },
    };
  }

  #violation(key: string, value: number, read: number): FindingWitness[] {
    const { lower, upper } = this.#bounds.of(key, this.#initial(key) ?? 0);
    if (value >= lower && value <= upper) return [];
    const name = key === "" ? "it" : key;
    const says = `${name} is ${value} in read ${read}, but must be at least ${lower} and at most ${upper}`;
    return [{ says, ...(key === "" ? {} : { id: key }), detail: { value, lower, upper, read } }];
  }

  #judge(violations: FindingWitness[], missing: number, reads: number): Pick<Finding, "status" | "because"> {
    const [first] = violations;
    if (first !== undefined && reads > 1) {
      return { status: "fail", because: `${first.says} (${violations.length} violations).` };
    }
    if (first !== undefined) return { status: "unknown", because: `${first.says}: ${ONLY_READ}.` };
    if (reads === 0) {
      return { status: "unknown", because: `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.` };
    }
    if (this.#bounds.acknowledged === 0) return { status: "unknown", because: "Not one change was acknowledged." };
    if (missing > 0) {
      return { status: "unknown", because: `${missing} counters have no value in the ledger.` };
    }
    const { acknowledged, unknown } = this.#bounds;
    return {
      status: "pass",
      because: `Every counter is within the bounds that ${acknowledged} acknowledged and ${unknown} unanswered changes set.`,
    };
  }
}

/** A counter that is there twice has no value: whoever reads it sees either. */
function doubled(key: string, last: ReturnType<LedgerValues["complete"]>[number] | undefined): FindingWitness[] {
  const other = last?.values.get(copyOf(key, 2));
  if (last === undefined || other === undefined) return [];
  return [
    { says: `${key} is there more than once in read ${last.read}, as ${last.values.get(key)} and ${other}`, id: key },
  ];
}

/** A counter without key is the only item of its object, whatever its id. */
function shownValue(key: string, values: ReadonlyMap<string, number> | undefined): number | undefined {
  return values?.get(key) ?? (key === "" && values?.size === 1 ? [...values.values()][0] : undefined);
}
