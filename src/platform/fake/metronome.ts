/** Drives an agenda by a real clock: whatever is due runs as soon as Node's timers allow, about a millisecond late. */
import type { Clock } from "../../std/clock.ts";
import type { Agenda } from "./agenda.ts";

export class Metronome {
  readonly #agenda: Agenda;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #running = false;

  constructor(agenda: Agenda, clock: Clock) {
    this.#agenda = agenda;
    this.#clock = clock;
  }

  start(): void {
    this.#running = true;
    this.touch();
  }

  stop(): void {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Brings the agenda up to now and sets the timer for what comes next; must be called before and after using the model. */
  touch(): void {
    this.#agenda.runUntil(this.#clock.nowMs());
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const next = this.#agenda.nextAtMs;
    if (!this.#running || next === null) return;
    this.#timer = setTimeout(() => this.touch(), Math.max(0, next - this.#clock.nowMs()));
  }

  /** Uses the model at the current time. */
  now<T>(use: () => T): T {
    this.touch();
    const value = use();
    this.touch();
    return value;
  }
}
