/**
 * The coordinator's record of rows that are given once, and of which worker holds which. A row belongs to one worker at a time,
 * and a worker returns its unused rows when they are recalled. When no row is left here, rows are recalled from the workers that
 * hold some before any worker is refused. The rows of a lost worker are not given again, because it may have used them.
 */
import type { RowsAnswer, RowsAsk } from "./protocol.ts";

/** The longest time that other workers wait for one that does not return its rows. */
const RECALL_MS = 1_000;

export interface RowLedgerOptions {
  readonly workers: number;
  /** Requests a worker's unused rows, which arrive by takeBack(). */
  readonly recall: (slot: number, key: string) => void;
  readonly onNote: (says: string) => void;
}

type Give = (answer: RowsAnswer) => void;

interface Waiting {
  readonly slot: number;
  readonly want: number;
  readonly give: Give;
  readonly late: NodeJS.Timeout;
}

interface Book {
  readonly name: string;
  readonly length: number;
  /** Rows from this number on were never given. */
  next: number;
  /** Rows that came back unused. */
  readonly free: number[];
  readonly held: Map<number, readonly number[]>;
  readonly recalled: Set<number>;
  waiting: Waiting[];
  /** By slot: the number of its last request, and the answer. */
  readonly answered: Map<number, { readonly number: number; readonly answer: RowsAnswer }>;
}

export class RowLedger {
  readonly #options: RowLedgerOptions;
  readonly #books = new Map<string, Book>();
  readonly #lost = new Set<number>();
  #closedBecause: string | null = null;

  constructor(options: RowLedgerOptions) {
    this.#options = options;
  }

  /**
   * Gives rows to a worker, now or when others have returned some. The answer has no rows when none is left, or when the worker
   * was given up.
   */
  ask(slot: number, ask: RowsAsk, give: Give): void {
    const book = this.#bookOf(ask);
    const before = book.answered.get(slot);
    if (before?.number === ask.number) return give(before.answer);
    if (this.#lost.has(slot)) return give({ rows: [], last: false });
    if (this.#closedBecause !== null) return this.#refuse(book, give);
    book.held.delete(slot); // a worker that requests rows has used those that it had
    for (const [key, rows] of Object.entries(ask.back)) this.#comesBack(slot, key, rows);
    const tell = (answer: RowsAnswer) => {
      book.answered.set(slot, { number: ask.number, answer });
      give(answer);
    };
    const late = setTimeout(() => this.#tooLate(book, tell), RECALL_MS);
    late.unref();
    book.waiting.push({ slot, want: ask.want, give: tell, late });
    for (const other of this.#books.values()) this.#serve(other);
  }

  /** Takes the rows that a worker had not used when they were recalled. */
  takeBack(slot: number, key: string, rows: readonly number[]): void {
    this.#comesBack(slot, key, rows);
    const book = this.#books.get(key);
    if (book !== undefined) this.#serve(book);
  }

  /** Marks a worker as lost; it gets no more rows. */
  lose(slot: number, worker: string): void {
    if (this.#lost.has(slot)) return;
    this.#lost.add(slot);
    for (const book of this.#books.values()) {
      const count = book.held.get(slot)?.length ?? 0;
      book.held.delete(slot);
      book.recalled.delete(slot);
      if (count > 0)
        this.#options.onNote(
          `${count} ${count === 1 ? "row" : "rows"} of ${book.name} may or may not have been used: worker ${worker} had ${count === 1 ? "it" : "them"} when it was lost`,
        );
      this.#serve(book);
    }
  }

  /** Refuses all further requests, because this coordinator does not know which rows were given before. */
  close(because: string): void {
    this.#closedBecause = because;
  }

  #bookOf({ key, name, length }: RowsAsk): Book {
    let book = this.#books.get(key);
    if (book === undefined) {
      const empty = {
        next: 0,
        free: [],
        waiting: [],
        held: new Map(),
        recalled: new Set<number>(),
        answered: new Map(),
      };
      book = { name, length, ...empty };
      this.#books.set(key, book);
    }
    return book;
  }

  #refuse(book: Book, give: Give): void {
    this.#options.onNote(`no more rows of ${book.name} are given: ${this.#closedBecause}`);
    give({ rows: [], last: true });
  }

  #comesBack(slot: number, key: string, rows: readonly number[]): void {
    const book = this.#books.get(key);
    if (book === undefined || this.#lost.has(slot)) return;
    const had = new Set(book.held.get(slot));
    book.held.delete(slot);
    book.recalled.delete(slot);
    for (const row of rows) if (had.has(row)) book.free.push(row);
  }

  #serve(book: Book): void {
    for (let first = book.waiting[0]; first !== undefined; first = book.waiting[0]) {
      const left = book.free.length + book.length - book.next;
      if (left === 0 && this.#recalled(book)) return;
      if (book.waiting[0] !== first) continue; // a recalled worker has answered at once, and `first` was served
      book.waiting.shift();
      clearTimeout(first.late);
      const rows = this.#take(book, Math.min(first.want, Math.ceil(left / (2 * this.#options.workers))));
      if (rows.length > 0) book.held.set(first.slot, rows);
      first.give({ rows, last: left === 0 });
    }
  }

  #take(book: Book, count: number): number[] {
    const rows = book.free.splice(0, count);
    while (rows.length < count) rows.push(book.next++);
    return rows;
  }

  /** Recalls the rows of all workers that hold some, and returns whether some are still held. */
  #recalled(book: Book): boolean {
    for (const [slot] of book.held) {
      if (book.recalled.has(slot)) continue;
      book.recalled.add(slot);
      this.#options.recall(slot, this.#keyOf(book));
    }
    return book.held.size > 0;
  }

  #keyOf(book: Book): string {
    for (const [key, other] of this.#books) if (other === book) return key;
    return "";
  }

  /** Answers a request without rows, because the workers that hold some did not return them in time. */
  #tooLate(book: Book, give: Give): void {
    const at = book.waiting.findIndex((waiting) => waiting.give === give);
    if (at < 0) return;
    book.waiting.splice(at, 1);
    const count = [...book.held.values()].reduce((sum, rows) => sum + rows.length, 0);
    this.#options.onNote(
      `a user found no row of ${book.name} although ${count} may be left: the worker that has them did not answer within ${RECALL_MS} ms`,
    );
    book.recalled.clear(); // the next request recalls them again
    give({ rows: [], last: false });
  }
}
