/** Messages that a worker has told, kept until its coordinator says that they are safe; sent again after a broken line. */
import type { FromWorker } from "./protocol.ts";

/** Far beyond what 10 s can bring; a bound against a coordinator that never acknowledges. */
const KEPT_MAX = 20_000;

export interface Numbered {
  readonly number: number;
  readonly message: FromWorker;
}

export class Outbox {
  #kept: Numbered[] = [];
  #last = 0;
  #dropped = 0;

  /** Numbers and keeps a message. Signs of life are not kept: they mean nothing later. */
  add(message: FromWorker): Numbered {
    const numbered = { number: ++this.#last, message };
    this.#kept.push(numbered);
    if (this.#kept.length > KEPT_MAX) {
      this.#kept.shift();
      this.#dropped++;
    }
    return numbered;
  }

  acknowledge(number: number): void {
    this.#kept = this.#kept.filter((kept) => kept.number > number);
  }

  /** Nobody wants to hear any of it. Numbers go on. */
  clear(): void {
    this.#kept = [];
  }

  get kept(): readonly Numbered[] {
    return this.#kept;
  }

  /** Number of the oldest message that is kept, or of the next one. */
  get next(): number {
    return this.#kept[0]?.number ?? this.#last + 1;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
