/** One row of a ledger as an app or a database shows it, made an item; whatever cannot be one is refused in words. */
import type { LedgerItem } from "../ledger.ts";
import type { Json } from "../std/json.ts";

export type Found = Omit<LedgerItem, "line" | "read" | "object">;

export interface Shown {
  readonly id: Json | undefined;
  readonly count: Json | undefined;
  readonly value: Json | undefined;
  readonly row: Json | undefined;
}

/** Throws an Error that says what is wrong with it. */
export function foundOf({ id, count, value, row }: Shown, whose: string): Found {
  const text = nameOf(id, `${whose} has an item whose id`);
  return {
    id: text,
    count: copiesOf(count, text),
    ...(value !== undefined && { value }),
    ...(row !== undefined && row !== null && { row: nameOf(row, `"${text}" has a row that`) }),
  };
}

/** Ids are texts; a database's numbers are ids as well, as long as JSON does not round them. */
function nameOf(given: Json | undefined, what: string): string {
  if (typeof given === "string" && given !== "") return given;
  if (typeof given === "number" && (!Number.isInteger(given) || Number.isSafeInteger(given))) return String(given);
  const got = given === undefined ? "absent" : JSON.stringify(given);
  throw new Error(`${what} is ${got}, neither text nor a number that JSON holds exactly`);
}

/** How often an id is there: 1 where nothing is said. A database's count may come as text; anything else is no answer. */
function copiesOf(given: Json | undefined, id: string): number {
  if (given === undefined) return 1;
  const count = wholeNumberOf(given);
  if (count !== undefined) return count;
  throw new Error(`"${id}" has a count of ${JSON.stringify(given)}, which is no whole number from 0`);
}

/** A whole number from 0, as number or as text: a database's bigint comes as text. Undefined: it is none. */
export function wholeNumberOf(given: Json | undefined): number | undefined {
  const number = typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
