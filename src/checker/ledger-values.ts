/** The values that complete reads of one object's ledger gave, for checkers of numbers. */
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { LedgerReads } from "./ledger-reads.ts";

/** Why a deviation in the only complete read decides nothing. */
export const ONLY_READ = "lost, or late; a second complete read would tell";

/** More copies of one id add nothing to the proof. */
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
    this.reads.item(line.read);
    this.#items.push(line);
  }

  /**
   * Of each complete read in turn: its number and its values by id. Values that are no numbers are left out. An id that is there
   * more than once has a value for each copy, the others under `copyOf`: what is doubled must not hide behind its twin.
   */
  complete(): { readonly read: number; readonly values: Map<string, number> }[] {
    return this.reads.complete().map((read) => {
      const values = new Map<string, number>();
      for (const item of this.#items) if (item.read === read) addCopies(values, item);
      return { read, values };
    });
  }
}

/** Under what the second, third ... row of one id stands. */
export function copyOf(id: string, number: number): string {
  return `${id} (copy ${number})`;
}

function addCopies(values: Map<string, number>, item: LedgerItem): void {
  const value = numberOf(item);
  if (value === undefined) return;
  for (let copy = 1; copy <= Math.min(item.count, COPIES_MAX); copy++) {
    let id = item.id;
    for (let known = 2; values.has(id) && known <= COPIES_MAX; known++) id = copyOf(item.id, known);
    values.set(id, value);
  }
}

/** A database's numeric may come as text. */
function numberOf({ value }: LedgerItem): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
