/**
 * How the rows of a ledger come in pages by OFFSET: each page is a separate query, in the order that the rows have at that time.
 */
import type { LedgerItem } from "../../src/ledger.ts";
import type { PageBehaviour } from "../../src/platform/fake/behaviour.ts";
import type { FoundInLog } from "../../src/platform/fake/log.ts";
import type { Random } from "../../src/std/random.ts";

export type PagedFound = FoundInLog & Pick<LedgerItem, "page" | "row">;

/** Returns the rows as the given read shows them when it walks over all pages. */
export function pagesOf(
  found: readonly FoundInLog[],
  pages: PageBehaviour,
  random: Random,
  read: number,
): PagedFound[] {
  const rows = rowsOf(found);
  const step = pages.order === "inclusive" ? pages.size - 1 : pages.size;
  const shown: PagedFound[] = [];
  for (let page = 1; (page - 1) * step < rows.length; page++) {
    const from = (page - 1) * step;
    const query = pages.order === "ties" ? `page ${page}` : `page ${page} of read ${read}`;
    const ordered = orderOf(rows, pages, random.fork(query)).slice(from, from + pages.size);
    for (const { row, ...item } of ordered) shown.push({ ...item, page, ...(pages.rows && { row }) });
  }
  return shown;
}

/** Returns each copy as a row of its own; copies that came later are at the end. */
function rowsOf(found: readonly FoundInLog[]): (FoundInLog & { row: string })[] {
  const copies = Math.max(0, ...found.map(({ count }) => count));
  const rows: (FoundInLog & { row: string })[] = [];
  for (let copy = 1; copy <= copies; copy++) {
    for (const item of found) if (item.count >= copy) rows.push({ ...item, count: 1, row: String(rows.length + 1) });
  }
  return rows;
}

/**
 * Orders the rows of one query. Rows tie in groups; their order within a group is not guaranteed, and each query draws its own.
 */
function orderOf<T>(rows: readonly T[], { order }: PageBehaviour, query: Random): readonly T[] {
  if (order === "stable" || order === "inclusive") return rows;
  const placed = rows.map((row, at) => ({ row, at: Math.floor(at / 30) + query.float() }));
  return placed.sort((a, b) => a.at - b.at).map(({ row }) => row);
}
