import { UserStopped } from "../user/stopped.ts";
import type { Alarm, Ringing } from "./alarms.ts";

/** One wait of a user. A user nearly always has at most one at a time. */
export class Sleep implements Ringing {
  alarm: Alarm | null = null;
  readonly wake: () => void;
  readonly #user: { slept(sleep: Sleep): void };
  readonly #stop: ((reason: UserStopped) => void) | null;

  constructor(user: { slept(sleep: Sleep): void }, wake: () => void, stop: ((reason: UserStopped) => void) | null) {
    this.#user = user;
    this.wake = wake;
    this.#stop = stop;
  }

  ring(): void {
    this.#user.slept(this);
    this.wake();
  }

  stop(): void {
    if (this.#stop === null) this.wake();
    else this.#stop(new UserStopped());
  }
}
