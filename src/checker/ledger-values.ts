/**
 * The values that the complete reads of one object's ledger returned, for checkers of numbers.
 */

import { LedgerReads } from "../ledger/reads.ts";
import { isAtRest, STILL_CHANGED } from "../ledger/rest.ts";
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { type Decimal, decimalOf, isBinaryText, textOf } from "../std/decimal.ts";
import type { Json } from "../std/json.ts";

export interface LedgerNumber {
  readonly value: Decimal;
  /**
   * Whether the value may have been summed in binary fractions: it is a JSON number, or text that equals such a number printed
   * with all its digits.
   */
  readonly isBinary: boolean;
}

/** One complete read: its number, its values by id, and the items whose value is not a number. */
export interface ValuesRead {
  readonly read: number;
  /** The values of each id: one for each of its rows, of which there should be only one. */
  readonly values: ReadonlyMap<string, readonly LedgerNumber[]>;
  readonly unreadable: readonly LedgerItem[];
}

/** Why a deviation in the only complete read decides nothing. */
export const ONLY_READ = "lost, or late; a second complete read would distinguish the two";

/** The most copies of one id that are kept. More copies add nothing to the proof. */
const COPIES_MAX = 10;

export class LedgerValues {
  readonly reads = new LedgerReads();
  readonly #object: string;
  readonly #items: LedgerItem[] = [];

  constructor(object: string) {
    this.#object = object;
  }

  ledger(line: LedgerLine): void {
    if (line.object !== this.#object) return;
    if (line.line === "end") return this.reads.end(line);
    this.reads.item(line);
    this.#items.push(line);
  }

  /**
   * Returns the complete reads in order. Values that are not numbers are left out of `values`. An id that exists more than once
   * has a value for each copy, so that one copy cannot hide another.
   */
  complete(): ValuesRead[] {
    return this.reads.complete().map((read) => {
      const values = new Map<string, LedgerNumber[]>();
      const unreadable: LedgerItem[] = [];
      for (const item of this.#items) if (item.read === read) addCopies(values, unreadable, item);
      return { read, values, unreadable };
    });
  }

  /**
   * Returns what a deviation in the last complete read may be other than an error, as the end of a sentence; null if nothing else
   * is possible. Numbers that still change (a projection that lags, a queue that is being processed) prove nothing yet.
   */
  doubt(): string | null {
    if (this.reads.complete().length < 2) return ONLY_READ;
    return this.isMoving() ? STILL_CHANGED : null;
  }

  isMoving(): boolean {
    return !isAtRest(this.reads.completeEnds(), this.#changedAt());
  }

  /** Returns the complete reads since the numbers last changed, beginning with the read that showed the change. */
  settled(): ValuesRead[] {
    return this.complete().slice(Math.max(0, this.#changedAt()));
  }

  /** Returns the index of the last complete read whose numbers differ from the read before it; 0 or less if none does. */
  #changedAt(): number {
    const reads = this.complete();
    return reads.findLastIndex((read, at) => at > 0 && !isLike(read, reads[at - 1]));
  }
}

function isLike({ values }: ValuesRead, before: ValuesRead | undefined): boolean {
  if (before === undefined || before.values.size !== values.size) return false;
  return [...values].every(([id, rows]) => textsOf(rows) === textsOf(before.values.get(id) ?? []));
}

/** Returns the values as one text, which is equal for equal rows in any order. */
function textsOf(rows: readonly LedgerNumber[]): string {
  return rows
    .map(({ value }) => textOf(value))
    .sort()
    .join(" ");
}

function addCopies(values: Map<string, LedgerNumber[]>, unreadable: LedgerItem[], item: LedgerItem): void {
  if (item.value === undefined || item.count < 1) return;
  const value = ledgerNumber(item.value);
  if (value === undefined) return void unreadable.push(item);
  const rows = values.get(item.id) ?? [];
  values.set(item.id, rows);
  for (let copy = 1; copy <= item.count && rows.length < COPIES_MAX; copy++) rows.push(value);
}

/** Returns the number, also if it is written as text (a database's numeric arrives as text); undefined for anything else. */
export function ledgerNumber(value: Json): LedgerNumber | undefined {
  const decimal = decimalOf(value);
  return decimal === undefined
    ? undefined
    : { value: decimal, isBinary: typeof value === "number" || isBinaryText(String(value).trim()) };
}
