/**
 * Decides which reads of one object's ledger may be believed. A read is complete when its end line reports it as complete and its
 * counts match the lines in the file: a line that is missing or duplicated makes the read prove nothing. The same holds for a
 * read whose pages shifted or overlapped while it was made (page-layout.ts).
 */
import type { LedgerEnd, LedgerItem } from "../ledger.ts";
import { type PagedItem, PageLayout } from "./page-layout.ts";

/** The highest number of a read. Reads are numbered from 1 (or 0); the bits of a 32-bit mask record which reads saw an id. */
export const READS_MAX = 31;

interface ReadState {
  lines: number;
  copies: number;
  /** Present only for a read with pages. */
  layout: PageLayout | null;
  end: LedgerEnd | null;
  ends: number;
}

export class LedgerReads {
  readonly #reads = new Map<number, ReadState>();

  /** Records one item line for its read. */
  item(item: PagedItem & Pick<LedgerItem, "read">): void {
    const state = this.#state(item.read);
    state.lines += 1;
    state.copies += item.count;
    if (item.page === undefined && item.row === undefined) return;
    state.layout ??= new PageLayout();
    state.layout.add(item);
  }

  end(line: LedgerEnd): void {
    const state = this.#state(line.read);
    state.end = line;
    state.ends += 1;
    state.layout?.close();
  }

  /** Returns the numbers of the complete reads, in order of completion. */
  complete(): number[] {
    const counted = this.#counted();
    return counted.filter((_, at) => layoutFlaw(counted, at) === null).map(({ read }) => read);
  }

  /** Returns the end lines of the complete reads, in order of completion. */
  completeEnds(): LedgerEnd[] {
    return this.complete().flatMap((read) => this.#reads.get(read)?.end ?? []);
  }

  /** The number of reads that were begun, complete or not. */
  get size(): number {
    return this.#reads.size;
  }

  /** Returns why reads are not complete, as the end of a sentence. */
  whyIncomplete(): string {
    if (this.#reads.size === 0) return "the ledger was not read";
    const counted = this.#counted();
    const reasons = [...this.#reads.entries()].flatMap(([read, state]) => {
      const at = counted.findIndex((other) => other.read === read);
      const because = flaw(state) ?? (at < 0 ? null : layoutFlaw(counted, at));
      return because === null ? [] : [`read ${read} ${because}`];
    });
    return reasons.join("; ");
  }

  /** Returns the reads whose lines match their end line, in order of completion. */
  #counted(): (ReadState & { readonly read: number })[] {
    return [...this.#reads.entries()]
      .map(([read, state]) => ({ read, ...state }))
      .filter((state) => state.read <= READS_MAX && flaw(state) === null)
      .sort((a, b) => (a.end?.completedAtMs ?? 0) - (b.end?.completedAtMs ?? 0));
  }

  #state(read: number): ReadState {
    const known = this.#reads.get(read);
    if (known !== undefined) return known;
    const fresh: ReadState = { lines: 0, copies: 0, layout: null, end: null, ends: 0 };
    this.#reads.set(read, fresh);
    return fresh;
  }
}

/** Returns how the end line and the items contradict each other; null if they agree. */
function flaw({ end, ends, lines, copies, layout }: ReadState): string | null {
  if (end === null) return "has no end line";
  if (ends > 1) return `has ${ends} end lines`;
  if (!end.complete) return `is not complete (${end.because ?? "no reason given"})`;
  if (end.items !== lines) return `names ${end.items} items, but has ${lines} lines`;
  if (end.copies !== undefined && end.copies !== copies) return `counts ${end.copies} copies, but shows ${copies}`;
  const pages = end.pages ?? [];
  const shown = layout?.itemsByPage ?? [];
  if (pages.length > 0 && pages.some((items, at) => items !== (shown[at] ?? 0))) return "lacks items of some page";
  return null;
}

/** Returns why the pages of the read at that index cannot be believed; null if they can. */
function layoutFlaw(counted: readonly ReadState[], at: number): string | null {
  const layout = counted[at]?.layout ?? null;
  if (layout === null) return null;
  if (layout.rowsAgain > 0) return `shows ${layout.rowsAgain} rows more than once, so its pages shifted or overlap`;
  if (layout.idsAcross === 0) return null;
  if (layout.overlapsAtEveryEdge) return "begins each page with the last row of the one before, so its pages overlap";
  const isRepeated = [counted[at - 1], counted[at + 1]].some(
    (other) => other?.layout !== undefined && other.layout !== null && layout.isLike(other.layout),
  );
  return isRepeated
    ? null
    : `shows ${layout.idsAcross} ids on more than one page, and no read beside it shows the same pages: they shifted or overlap`;
}

/** Returns the bit of a read in a mask. Reads beyond READS_MAX have no bit and never count as complete. */
export function bitOf(read: number): number {
  return read <= READS_MAX ? (1 << read) >>> 0 : 0;
}
