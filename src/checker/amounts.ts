/**
 * The amounts that operations name. An amount that is not a number never silently becomes 0 or 1: it makes the finding unknown.
 */
import type { FindingWitness } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerItem } from "../ledger.ts";
import { type Decimal, decimalOf, ONE } from "../std/decimal.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";

/**
 * Returns the operation's number: its input, or its input's `amount` or `quantity`; 1 if there is none. Text that is a number
 * counts as a number. Returns undefined for anything else.
 */
export function amountOf(operation: Operation): Decimal | undefined {
  const given = givenAmount(operation);
  return given === undefined || given === null ? ONE : decimalOf(given);
}

/** Returns what the operation names as its amount, whether or not it is a number. */
export function givenAmount({ input }: Operation): Json | undefined {
  return isRecord(input) ? (input["amount"] ?? input["quantity"]) : input;
}

/** Counts values that should have been numbers but are not, and keeps the first few as witnesses. */
export class Unreadable {
  count = 0;
  readonly witnesses: FindingWitness[] = [];

  operation(operation: Operation): void {
    const { id, kind, invokedAtMs } = operation;
    const shown = shownAs(givenAmount(operation));
    this.note({ says: `the amount of a ${kind} is ${shown}, which is not a number`, id, atMs: invokedAtMs });
  }

  items(items: readonly LedgerItem[]): void {
    for (const { id, read, value } of items) {
      this.note({ says: `the value of ${id} in read ${read} is ${shownAs(value)}, which is not a number`, id });
    }
  }

  note(witness: FindingWitness): void {
    this.count += 1;
    if (this.witnesses.length < UNREADABLE_SHOWN_MAX) this.witnesses.push(witness);
  }
}

const UNREADABLE_SHOWN_MAX = 5;
const TEXT_MAX = 60;

function shownAs(value: Json | undefined): string {
  const text = value === undefined ? "absent" : canonicalJson(value);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)} ...`;
}

/** Returns why values that are not numbers prevent a conclusion; null if all values are numbers. */
export function unreadableGap({ count, witnesses }: Unreadable): string | null {
  const [first] = witnesses;
  if (first === undefined) return null;
  const more = count > 1 ? ` (and ${count - 1} more like it)` : "";
  return `${first.says.replace(/^t/, "T")}${more}: the sum cannot be computed.`;
}
