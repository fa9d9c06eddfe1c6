/** Promises that wait until workers have sent certain messages, or have reached a certain state. */

import type { FromWorker } from "../wire/protocol.ts";
import { late } from "./complaints.ts";

const DEADLINE_MS = 60_000;
/** A little more than setup and teardown have themselves: the worker can report more exactly which hook was too slow. */
export const HOOK_DEADLINE_MS = 65_000;

interface Waiter {
  look(message: FromWorker | null): void;
  reject(reason: unknown): void;
}

export class Waiters {
  readonly #waiting = new Set<Waiter>();

  /**
   * Waits until `holds` is true, which is looked at now and after each message; null stands for everything that is no message, such as
   * the loss of a worker. Rejects when the load fails, or when the deadline passes; that error
   * includes the place that `whereStuck` finds.
   */
  wait(
    holds: (message: FromWorker | null) => boolean,
    what: string,
    whereStuck: () => Promise<string | null>,
    deadlineMs = DEADLINE_MS,
  ): Promise<void> {
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
      const end = async () => waiter.reject(late(what, deadlineMs, await whereStuck()));
      const timer = setTimeout(() => void end(), deadlineMs);
      this.#waiting.add(waiter);
      waiter.look(null);
    });
  }

  /** Lets all that wait look again; `message` is null when no message is the reason. */
  look(message: FromWorker | null): void {
    for (const waiter of [...this.#waiting]) waiter.look(message);
  }

  reject(reason: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(reason);
  }
}
