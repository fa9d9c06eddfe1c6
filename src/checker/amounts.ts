/** The amounts that operations name, and what becomes of those that are no numbers: never a silent 0 or 1, but unknown. */
import type { FindingWitness } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerItem } from "../ledger.ts";
import { type Decimal, decimalOf, ONE } from "../std/decimal.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";

/**
 * The operation's number: its input, or its input's `amount` or `quantity`; 1 where there is none. Text that is a number counts as one;
 * undefined for whatever else is there.
 */
export function amountOf(operation: Operation): Decimal | undefined {
  const given = givenAmount(operation);
  return given === undefined || given === null ? ONE : decimalOf(given);
}

/** What the operation names as its amount, be it a number or not. */
export function givenAmount({ input }: Operation): Json | undefined {
  return isRecord(input) ? (input["amount"] ?? input["quantity"]) : input;
}

/** What was to be a number and is none, with the first few as witnesses. */
export class Unreadable {
  count = 0;
  readonly witnesses: FindingWitness[] = [];

  operation(operation: Operation): void {
    const { id, kind, invokedAtMs } = operation;
    const shown = shownAs(givenAmount(operation));
    this.note({ says: `the amount of a ${kind} is ${shown}, which is no number`, id, atMs: invokedAtMs });
  }

  items(items: readonly LedgerItem[]): void {
    for (const { id, read, value } of items) {
      this.note({ says: `the value of ${id} in read ${read} is ${shownAs(value)}, which is no number`, id });
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

/** Why nothing can be concluded from what is no number; null where all are numbers. */
export function unreadableGap({ count, witnesses }: Unreadable): string | null {
  const [first] = witnesses;
  if (first === undefined) return null;
  const more = count > 1 ? ` (and ${count - 1} more like it)` : "";
  return `${first.says.replace(/^t/, "T")}${more}: no sum can be made.`;
}
