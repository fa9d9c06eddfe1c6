/** Those who wait until workers have said something. */
import { late } from "./complaints.ts";
import type { FromWorker } from "./protocol.ts";

const DEADLINE_MS = 60_000;

interface Waiter {
  look(message: FromWorker): void;
  reject(reason: unknown): void;
}

export class Waiters {
  readonly #waiting = new Set<Waiter>();

  /** Waits until `holds` is true after some message; rejects when the load fails or time runs out. */
  wait(holds: (message: FromWorker) => boolean, what: string, deadlineMs = DEADLINE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        then();
      };
      const waiter: Waiter = {
        look: (message) => {
          if (holds(message)) settle(resolve);
        },
        reject: (reason) => settle(() => reject(reason)),
      };
      const timer = setTimeout(() => waiter.reject(late(what, deadlineMs)), deadlineMs);
      this.#waiting.add(waiter);
      waiter.look({ type: "beat" });
    });
  }

  look(message: FromWorker): void {
    for (const waiter of [...this.#waiting]) waiter.look(message);
  }

  reject(reason: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(reason);
  }
}
