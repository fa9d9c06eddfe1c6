/**
 * The coordinator's book of rows that are given once: who has which. A row is one worker's at a time; what a worker has not
 * used comes back when it is asked for. When none is left here, those who have some are asked for them, before anybody is
 * told that there are none. What a lost worker had is given to nobody: whether it used them, nobody knows.
 */
import type { RowsAnswer, RowsAsk } from "./protocol.ts";

/** A worker that does not give back what it has keeps the others waiting no longer. */
const RECALL_MS = 1_000;

export interface RowLedgerOptions {
  readonly workers: number;
  /** Asks a worker for what it has not used; it answers by takeBack(). */
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
  /** Came back unused. */
  readonly free: number[];
  readonly held: Map<number, readonly number[]>;
  readonly recalled: Set<number>;
  waiting: Waiting[];
  /** By slot: its last ask, and what it was given. */
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

  /** Gives rows to a worker, now or when others have given some back. Null: it gets none, because it was given up. */
  ask(slot: number, ask: RowsAsk, give: Give): void {
    const book = this.#bookOf(ask);
    const before = book.answered.get(slot);
    if (before?.number === ask.number) return give(before.answer);
    if (this.#lost.has(slot)) return give({ rows: [], last: false });
    if (this.#closedBecause !== null) return this.#refuse(book, give);
    book.held.delete(slot); // one that asks has used what it had
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

  /** What a worker had not used when it was asked for it. */
  takeBack(slot: number, key: string, rows: readonly number[]): void {
    this.#comesBack(slot, key, rows);
    const book = this.#books.get(key);
    if (book !== undefined) this.#serve(book);
  }

  /** A worker was lost; it gets no more. */
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

  /** Gives no more rows at all: what was given before is not known here. */
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
      if (book.waiting[0] !== first) continue; // who was asked has answered at once, and it was served
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

  /** True: somebody has rows, and was asked for them. */
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

  /** Nobody else may take them, so they are given to nobody for now. */
  #tooLate(book: Book, give: Give): void {
    const at = book.waiting.findIndex((waiting) => waiting.give === give);
    if (at < 0) return;
    book.waiting.splice(at, 1);
    const count = [...book.held.values()].reduce((sum, rows) => sum + rows.length, 0);
    this.#options.onNote(
      `a user found no row of ${book.name} although ${count} may be left: the worker that has them did not answer within ${RECALL_MS} ms`,
    );
    book.recalled.clear(); // whoever asks next tries again
    give({ rows: [], last: false });
  }
}
