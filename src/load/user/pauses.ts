/** The pauses of a user: those that its script makes, and those between its iterations. */
import { type Thinking, thinking } from "../../scenario/think.ts";
import type { ThinkTime } from "../../scenario.ts";
import type { Random } from "../../std/random.ts";
import type { Session } from "../http/session.ts";
import type { Alarms } from "../time/alarms.ts";
import type { Sleep } from "../time/sleep.ts";
import { Sleeping } from "../time/sleeping.ts";
import { UserStopped } from "./stopped.ts";
import type { Turn } from "./turn.ts";

const NO_TIME: Thinking = () => 0;

export interface PausesOf {
  readonly alarms: Alarms;
  readonly session: Session;
  readonly turn: Turn;
  /** Returns the user's stream of random numbers, which most users never need. */
  readonly random: () => Random;
}

export class Pauses {
  readonly #session: Session;
  readonly #turn: Turn;
  readonly #random: () => Random;
  readonly #sleeping: Sleeping;
  readonly #thinking: Thinking;

  /** `think` is the scenario's think time; undefined for none. */
  constructor({ alarms, session, turn, random }: PausesOf, think: ThinkTime | undefined) {
    this.#session = session;
    this.#turn = turn;
    this.#random = random;
    this.#sleeping = new Sleeping(alarms);
    this.#thinking = think === undefined ? NO_TIME : thinking(think);
  }

  /** True when the scenario has a think time, and so a pause after each iteration. */
  get areBetweenIterations(): boolean {
    return this.#thinking !== NO_TIME;
  }

  think(time?: ThinkTime): Promise<void> {
    return this.sleep(this.#chosenMs(time === undefined ? this.#thinking : thinking(time)));
  }

  /** Waits for `durationMs`; rejects with UserStopped when the user is stopped for good in the meantime. */
  sleep(durationMs: number): Promise<void> {
    if (this.#session.closed) return Promise.reject(new UserStopped());
    return new Promise((resolve, reject) => this.#begin(durationMs, resolve, reject));
  }

  /** Pauses after an iteration, for `durationMs` or the scenario's think time; ends early when the user is asked to leave. */
  rest(durationMs?: number): Promise<void> {
    const chosenMs = durationMs ?? this.#chosenMs(this.#thinking);
    return new Promise((resolve) => {
      if (this.#session.closed) resolve();
      else this.#begin(chosenMs, resolve, null);
    });
  }

  /** Ends all pauses at once. It cuts short the pause after an iteration when the user is asked to leave. */
  wake(): void {
    for (const sleep of this.#sleeping.take()) sleep.wake();
  }

  /** Removes and returns all pauses, which the caller stops. */
  take(): Sleep[] {
    return this.#sleeping.take();
  }

  #chosenMs(chosen: Thinking): number {
    return chosen(this.#random, this.#turn.lastsMs(performance.now()));
  }

  #begin(durationMs: number, wake: () => void, stop: ((reason: UserStopped) => void) | null): void {
    if (durationMs > 0) this.#turn.activity++;
    this.#sleeping.begin(durationMs, wake, stop);
  }
}
