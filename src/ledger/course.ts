/**
 * How often a ledger is read: until two whole reads in a row show the same and it is at rest (rest.ts), within bounds. The
 * judge asks the same of the evidence; what ends without it is unknown there.
 */
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { HashSum } from "../std/hash.ts";
import { LedgerReads } from "./reads.ts";
import { isAtRest } from "./rest.ts";

/** Whole reads of one object at most; and reads that are not whole. */
const WHOLE_READS_MAX = 12;
const BROKEN_READS_MAX = 4;

export interface CourseOptions {
  /** Rows whose ids do not begin with it are other people's, and may come and go; null: all are ours. */
  readonly prefix: string | null;
  /** Rows may vanish by themselves. */
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

  /** Whether another read would tell nothing new, or the bounds are reached. */
  isOver(): boolean {
    const whole = this.#reads.completeEnds();
    if (whole.length >= WHOLE_READS_MAX || this.#reads.size - whole.length >= BROKEN_READS_MAX) return true;
    return whole.length > 1 && isAtRest(whole, this.#changedAt());
  }

  /** Longer the longer rows keep coming, so that few reads see a long way. */
  pauseMs(betweenReadsMs: number): number {
    const whole = this.#reads.completeEnds();
    if (this.#changedAt() <= 0) return betweenReadsMs;
    const spanMs = (whole.at(-1)?.completedAtMs ?? 0) - (whole[0]?.startedAtMs ?? 0);
    return Math.max(betweenReadsMs, spanMs / 2);
  }

  /** The last whole read that showed something else than the one before; 0 or less: none did. */
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

/** Only numbers are judged by how much they are; a database's numeric may come as text. */
function numberIn({ value }: LedgerItem): string {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) ? String(value) : "";
}
