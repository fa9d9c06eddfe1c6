/**
 * The messages that a worker has sent, kept until its coordinator acknowledges them. They are sent again after a broken
 * connection.
 */
import type { FromWorker } from "./protocol.ts";

/** Far more messages than 10 s can bring; the bound is for a coordinator that never acknowledges. */
const KEPT_MAX = 20_000;

export interface Numbered {
  readonly number: number;
  readonly message: FromWorker;
}

export class Outbox {
  #kept: Numbered[] = [];
  #last = 0;
  #dropped = 0;

  /** Numbers a message and keeps it. When the outbox is full, the oldest message is dropped. */
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

  /**
   * Empties the batches of single requests that were written: a coordinator that is started again must not write them twice. Their
   * numbers remain, so that no message seems to be missing.
   */
  requestsWritten(number: number): void {
    this.#kept = this.#kept.map((kept) =>
      kept.message.type === "requests" && kept.message.batch.number <= number
        ? { number: kept.number, message: { type: "beat" } }
        : kept,
    );
  }

  /** Discards all messages, which no coordinator needs any more. Numbers continue. */
  clear(): void {
    this.#kept = [];
  }

  get kept(): readonly Numbered[] {
    return this.#kept;
  }

  /** Number of the oldest message that is kept, or of the next message when none is kept. */
  get next(): number {
    return this.#kept[0]?.number ?? this.#last + 1;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
