/** How a ledger's rows come in pages by OFFSET: each page is a query of its own, in the order that rows then have. */
import type { LedgerItem } from "../../ledger.ts";
import type { Random } from "../../std/random.ts";
import type { PageBehaviour } from "./behaviour.ts";
import type { Found } from "./log.ts";

export type PagedFound = Found & Pick<LedgerItem, "page" | "row">;

/** The rows as the walk of that read over all pages shows them. */
export function pagesOf(found: readonly Found[], pages: PageBehaviour, random: Random, read: number): PagedFound[] {
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

/** Each copy is a row of its own; those that came later stand at the end. */
function rowsOf(found: readonly Found[]): (Found & { row: string })[] {
  const copies = Math.max(0, ...found.map(({ count }) => count));
  const rows: (Found & { row: string })[] = [];
  for (let copy = 1; copy <= copies; copy++) {
    for (const item of found) if (item.count >= copy) rows.push({ ...item, count: 1, row: String(rows.length + 1) });
  }
  return rows;
}

/** Rows tie in groups; within one their order is nobody's promise, and each query draws its own. */
function orderOf<T>(rows: readonly T[], { order }: PageBehaviour, query: Random): readonly T[] {
  if (order === "stable" || order === "inclusive") return rows;
  const placed = rows.map((row, at) => ({ row, at: Math.floor(at / 30) + query.float() }));
  return placed.sort((a, b) => a.at - b.at).map(({ row }) => row);
}
