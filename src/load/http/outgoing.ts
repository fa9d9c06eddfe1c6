/**
 * When requests are written. One that is made while answers are being read waits until the answers that lie ready have been
 * read, and goes out together with the others: a server that gets its requests in a row is woken once, and a wake-up costs
 * the sender as much as all of its own work on a request. One that a timer makes goes out at once, so arrivals that are due
 * never wait. With few answers ready, the wait is microseconds; WAITING_MAX bounds it when there are many.
 */
export interface Writer {
  write(nowMs: number): void;
}

const WAITING_MAX = 64;

export class Outgoing {
  readonly #waiting: Writer[] = [];
  #reading = false;

  /** An answer is being read: what is sent from now on waits for the end of this turn of the event loop. */
  reading(): void {
    if (this.#reading) return;
    this.#reading = true;
    setImmediate(() => {
      this.#reading = false;
      this.#writeAll();
    });
  }

  /** Writes now, or with the others. A writer that has nothing to write any more when its turn comes must ignore it. */
  send(writer: Writer, nowMs: number): void {
    if (!this.#reading) return writer.write(nowMs);
    this.#waiting.push(writer);
    if (this.#waiting.length >= WAITING_MAX) this.#writeAll();
  }

  #writeAll(): void {
    const nowMs = performance.now();
    for (const writer of this.#waiting) writer.write(nowMs);
    this.#waiting.length = 0;
  }
}
