/**
 * How the items of one read lie on its pages. Pages by OFFSET may shift while they are read, or overlap where rows tie: a
 * walk then shows some rows twice and never others. The one thing that tells such a row from one that is there twice is its
 * own identity (`row`); without it, an id on two pages is believed only where the next read shows the very same pages.
 */
import type { LedgerItem } from "../ledger.ts";
import { HashSum } from "../std/hash.ts";

export type PagedItem = Pick<LedgerItem, "id" | "count" | "page" | "row">;

export class PageLayout {
  /** Items of each page, in order. */
  readonly itemsByPage: number[] = [];
  /** Rows by their own identity that were shown more than once: certainly no whole read. */
  rowsAgain = 0;
  /** Items whose id was on another page before: a second row, or one that was shown twice. */
  idsAcross = 0;
  #idsWithin = 0;
  #overlappingEdges = 0;
  #pageOf = new Map<string, number>();
  #before: string[] = [];
  #current: string[] = [];
  readonly #shown = new HashSum();

  add({ id, count, page = 1, row }: PagedItem): void {
    if (this.itemsByPage[page - 1] === undefined) this.#turn();
    this.itemsByPage[page - 1] = (this.itemsByPage[page - 1] ?? 0) + 1;
    this.#current.push(id);
    this.#shown.add(`${page} ${count} ${id}`);
    const key = row === undefined ? `id ${id}` : `row ${row}`;
    const before = this.#pageOf.get(key);
    this.#pageOf.set(key, page);
    if (before === undefined) return;
    if (row !== undefined) this.rowsAgain += 1;
    else if (before === page) this.#idsWithin += 1;
    else this.idsAcross += 1;
  }

  /** Frees what only further items would need. */
  close(): void {
    this.#turn();
    this.#turn();
    this.#pageOf = new Map();
  }

  /** Whether both reads showed the same ids on the same pages, whatever their order within a page. */
  isLike(other: PageLayout): boolean {
    return this.#shown.isLike(other.#shown);
  }

  /** Each page begins with what ended the page before: the cursor is inclusive, and no row need be there twice. */
  get overlapsAtEveryEdge(): boolean {
    const edges = this.itemsByPage.length - 1;
    return edges > 0 && this.#overlappingEdges === edges && this.#idsWithin === 0;
  }

  /** To the next page; the edge between the two before it is now known whole. */
  #turn(): void {
    if (overlap(this.#before, this.#current)) this.#overlappingEdges += 1;
    this.#before = this.#current;
    this.#current = [];
  }
}

/** Whether the second page begins with all of the first page's ids from some place on. */
function overlap(first: readonly string[], second: readonly string[]): boolean {
  const [begin] = second;
  const from = begin === undefined ? -1 : first.lastIndexOf(begin);
  if (from < 0) return false;
  return first.slice(from).every((id, at) => second[at] === id);
}
