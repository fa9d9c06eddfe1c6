/** The values that complete reads of one object's ledger gave, for checkers of numbers. */
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { LedgerReads } from "./ledger-reads.ts";

/** Why a deviation in the only complete read decides nothing. */
export const ONLY_READ = "lost, or late; a second complete read would tell";

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

  /** Of each complete read in turn: its number and its values by id. Values that are no numbers are left out. */
  complete(): { readonly read: number; readonly values: Map<string, number> }[] {
    return this.reads.complete().map((read) => ({
      read,
      values: new Map(
        this.#items
          .filter((item) => item.read === read)
          .flatMap((item) => {
            const value = numberOf(item);
            return value === undefined ? [] : [[item.id, value] as const];
          }),
      ),
    }));
  }
}

/** A database's numeric may come as text. */
function numberOf({ value }: LedgerItem): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
