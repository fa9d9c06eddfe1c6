/**
 * How the items of one read are distributed over its pages. Pages by OFFSET may shift while they are read, or overlap where rows
 * tie in the sort order: a read then shows some rows twice and never shows others. Only a row's own identity (`row`)
 * distinguishes a row that was shown twice from two rows with the same id. Without it, an id on two pages is believed only if an
 * adjacent read shows exactly the same pages.
 */
import type { LedgerItem } from "../ledger.ts";
import { HashSum } from "../std/hash.ts";

export type PagedItem = Pick<LedgerItem, "id" | "count" | "page" | "row">;

export class PageLayout {
  /** The number of items on each page, in order. */
  readonly itemsByPage: number[] = [];
  /**
   * Number of rows, by their own identity, that were shown more than once. If there are any, the read is certainly not complete.
   */
  rowsAgain = 0;
  /** Number of items whose id appeared on an earlier page: either a second row, or one row that was shown twice. */
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

  /** Frees the state that only further items would need. */
  close(): void {
    this.#turn();
    this.#turn();
    this.#pageOf = new Map();
  }

  /** Returns whether both reads showed the same ids on the same pages, regardless of the order within a page. */
  isLike(other: PageLayout): boolean {
    return this.#shown.isLike(other.#shown);
  }

  /**
   * Whether each page begins with the rows that ended the page before it. The cursor is then inclusive, and no row need exist
   * twice.
   */
  get overlapsAtEveryEdge(): boolean {
    const edges = this.itemsByPage.length - 1;
    return edges > 0 && this.#overlappingEdges === edges && this.#idsWithin === 0;
  }

  /** Moves on to the next page. Both pages at the edge before it are now complete, so that their overlap can be counted. */
  #turn(): void {
    if (overlap(this.#before, this.#current)) this.#overlappingEdges += 1;
    this.#before = this.#current;
    this.#current = [];
  }
}

/** Returns whether the second page begins with all of the first page's ids from some position on. */
function overlap(first: readonly string[], second: readonly string[]): boolean {
  const [begin] = second;
  const from = begin === undefined ? -1 : first.lastIndexOf(begin);
  if (from < 0) return false;
  return first.slice(from).every((id, at) => second[at] === id);
}
