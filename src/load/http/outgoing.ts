/**
 * Decides when requests are written. A request that is made while answers are being read waits until all answers that are
 * ready have been read, and goes out together with the others: a server that receives its requests in one batch is woken once,
 * and a wake-up costs the sender as much as all of its own work on a request. A request that a timer makes goes out at once, so
 * arrivals that are due never wait. With few answers ready, the wait is microseconds; WAITING_MAX bounds it when there are many.
 */
export interface Writer {
  write(nowMs: number): void;
}

const WAITING_MAX = 64;

export class Outgoing {
  readonly #waiting: Writer[] = [];
  #reading = false;

  /** Notes that an answer is being read: what is sent from now on waits for the end of this turn of the event loop. */
  reading(): void {
    if (this.#reading) return;
    this.#reading = true;
    setImmediate(() => {
      this.#reading = false;
      this.#writeAll();
    });
  }

  /** Calls the writer now, or with the others. A writer that has nothing left to write by then must ignore the call. */
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
