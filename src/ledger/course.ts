/**
 * Decides how often a ledger is read: until two consecutive complete reads show the same content and the ledger is at rest
 * (rest.ts), within bounds. The judge applies the same condition to the evidence; a ledger whose reads ended without meeting it
 * is judged unknown.
 */
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { HashSum } from "../std/hash.ts";
import { LedgerReads } from "./reads.ts";
import { isAtRest } from "./rest.ts";

/** The most complete reads of one object, and the most reads that are not complete. */
const WHOLE_READS_MAX = 12;
const BROKEN_READS_MAX = 4;

export interface CourseOptions {
  /** Rows whose ids do not begin with this prefix belong to others and may appear and disappear. null: all rows are ours. */
  readonly prefix: string | null;
  /** Whether rows may disappear by themselves. */
  readonly expires: boolean;
}

interface Shown {
  readonly content: HashSum;
  items: number;
}

export class ReadingCourse {
  readonly #options: CourseOptions;
  readonly #reads = new LedgerReads();
  readonly #shown = new Map<number, Shown>();

  constructor(options: CourseOptions) {
    this.#options = options;
  }

  line(line: LedgerLine): void {
    const shown = this.#shown.get(line.read) ?? { content: new HashSum(), items: 0 };
    this.#shown.set(line.read, shown);
    if (line.line === "end") return this.#reads.end(line);
    this.#reads.item(line);
    const { prefix } = this.#options;
    if (prefix !== null && !line.id.startsWith(prefix)) return;
    shown.items += 1;
    shown.content.add(`${line.id} ${line.count} ${numberIn(line)}`);
  }

  /** Returns whether another read would add no information, or the bounds are reached. */
  isOver(): boolean {
    const whole = this.#reads.completeEnds();
    if (whole.length >= WHOLE_READS_MAX || this.#reads.size - whole.length >= BROKEN_READS_MAX) return true;
    return whole.length > 1 && isAtRest(whole, this.#changedAt());
  }

  /**
   * Returns the pause before the next read. It grows with the time over which new rows have kept arriving, so that few reads
   * cover a long period.
   */
  pauseMs(betweenReadsMs: number): number {
    const whole = this.#reads.completeEnds();
    if (this.#changedAt() <= 0) return betweenReadsMs;
    const spanMs = (whole.at(-1)?.completedAtMs ?? 0) - (whole[0]?.startedAtMs ?? 0);
    return Math.max(betweenReadsMs, spanMs / 2);
  }

  /** Returns the index of the last complete read that differs from the one before it; 0 or less if none does. */
  #changedAt(): number {
    const whole = this.#reads.completeEnds();
    return whole.findLastIndex(({ read }, at) => at > 0 && this.#isChange(whole[at - 1]?.read ?? read, read));
  }

  #isChange(before: number, after: number): boolean {
    const [old, now] = [this.#shown.get(before), this.#shown.get(after)];
    if (old === undefined || now === undefined || now.content.isLike(old.content)) return false;
    return !this.#options.expires || now.items > old.items;
  }
}

/**
 * Returns the item's value as text if it is a number, else "". Only numbers are compared by value; a database's numeric may
 * arrive as text.
 */
function numberIn({ value }: LedgerItem): string {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) ? String(value) : "";
}
