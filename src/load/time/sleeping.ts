/** All waits of one user. */

import type { UserStopped } from "../user/stopped.ts";
import type { Alarms } from "./alarms.ts";
import { Sleep } from "./sleep.ts";

export class Sleeping {
  readonly #alarms: Alarms;
  /** The first wait; there is nearly always at most one. */
  #sleep: Sleep | null = null;
  #more: Set<Sleep> | null = null;

  constructor(alarms: Alarms) {
    this.#alarms = alarms;
  }

  begin(durationMs: number, wake: () => void, stop: ((reason: UserStopped) => void) | null): void {
    const sleep = new Sleep(this, wake, stop);
    sleep.alarm = this.#alarms.at(performance.now() + durationMs, sleep);
    if (this.#sleep === null) this.#sleep = sleep;
    else {
      this.#more ??= new Set();
      this.#more.add(sleep);
    }
  }

  /** Removes a wait that has ended by itself. */
  slept(sleep: Sleep): void {
    if (this.#sleep === sleep) this.#sleep = null;
    else this.#more?.delete(sleep);
  }

  /** Removes and returns all waits, and cancels their alarms. */
  take(): Sleep[] {
    const sleeping = [...(this.#sleep === null ? [] : [this.#sleep]), ...(this.#more ?? [])];
    this.#sleep = null;
    this.#more = null;
    for (const { alarm } of sleeping) if (alarm !== null) this.#alarms.cancel(alarm);
    return sleeping;
  }
}
