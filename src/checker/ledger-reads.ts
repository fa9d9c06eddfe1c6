/**
 * Which reads of one object's ledger may be believed. A read counts as complete when its end line says so and names as
 * many item lines as were seen: a line lost from, or doubled in, the file makes the read prove nothing.
 */
import type { LedgerEnd } from "../ledger.ts";

/** Reads are numbered from 1 (or 0); bits of a 32-bit mask hold which of them saw an id. */
export const READS_MAX = 31;

interface ReadState {
  lines: number;
  end: LedgerEnd | null;
}

export class LedgerReads {
  readonly #reads = new Map<number, ReadState>();

  /** Notes one item line of the read. */
  item(read: number): void {
    this.#state(read).lines += 1;
  }

  end(line: LedgerEnd): void {
    this.#state(line.read).end = line;
  }

  /** Numbers of the complete reads, in order of completion. */
  complete(): number[] {
    return [...this.#reads.entries()]
      .filter(([read, { end, lines }]) => read <= READS_MAX && end?.complete === true && end.items === lines)
      .sort(([, a], [, b]) => (a.end?.completedAtMs ?? 0) - (b.end?.completedAtMs ?? 0))
      .map(([read]) => read);
  }

  /** Why there is no complete read, as the end of a sentence. */
  whyIncomplete(): string {
    if (this.#reads.size === 0) return "the ledger was not read";
    const reasons = [...this.#reads.entries()].map(([read, state]) => `read ${read} ${flaw(state)}`);
    return reasons.join("; ");
  }

  #state(read: number): ReadState {
    const known = this.#reads.get(read);
    if (known !== undefined) return known;
    const fresh: ReadState = { lines: 0, end: null };
    this.#reads.set(read, fresh);
    return fresh;
  }
}

function flaw({ end, lines }: ReadState): string {
  if (end === null) return "has no end line";
  if (!end.complete) return `is not complete (${end.because ?? "no reason given"})`;
  if (end.items !== lines) return `names ${end.items} items, but ${lines} lines are there`;
  return "is complete";
}

/** Bit of a read in a mask; reads beyond READS_MAX have none and never count as complete. */
export function bitOf(read: number): number {
  return read <= READS_MAX ? (1 << read) >>> 0 : 0;
}
