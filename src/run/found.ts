/**
 * Turns one row of a ledger, as an app or a database returns it, into an item; whatever cannot be one is refused with a
 * reason.
 */
import type { LedgerItem } from "../ledger.ts";
import type { Json } from "../std/json.ts";

export type FoundItem = Omit<LedgerItem, "line" | "read" | "object">;

export interface Shown {
  readonly id: Json | undefined;
  readonly count: Json | undefined;
  readonly value: Json | undefined;
  readonly row: Json | undefined;
}

/** Returns the item. Throws an Error that says what is wrong with the row. */
export function foundOf({ id, count, value, row }: Shown, whose: string): FoundItem {
  const text = nameOf(id, `${whose} has an item whose id`);
  return {
    id: text,
    count: copiesOf(count, text),
    ...(value !== undefined && { value }),
    ...(row !== undefined && row !== null && { row: nameOf(row, `"${text}" has a row that`) }),
  };
}

/** Returns an id as text. A database's numbers are valid ids as well, unless JSON rounds them. */
function nameOf(given: Json | undefined, what: string): string {
  if (typeof given === "string" && given !== "") return given;
  if (typeof given === "number" && (!Number.isInteger(given) || Number.isSafeInteger(given))) return String(given);
  const got = given === undefined ? "absent" : JSON.stringify(given);
  throw new Error(`${what} is ${got}, neither text nor a number that JSON holds exactly`);
}

/**
 * Returns how many copies of an id exist: 1 if the row gives no count. A database's count may come as text; anything else is
 * an error.
 */
function copiesOf(given: Json | undefined, id: string): number {
  if (given === undefined) return 1;
  const count = wholeNumberOf(given);
  if (count !== undefined) return count;
  throw new Error(`"${id}" has a count of ${JSON.stringify(given)}, which is not a whole number from 0`);
}

/** Returns a whole number from 0, given as number or as text (a database's bigint comes as text); undefined if it is not one. */
export function wholeNumberOf(given: Json | undefined): number | undefined {
  const number = typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
