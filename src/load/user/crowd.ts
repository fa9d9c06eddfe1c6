/** The users of an executor. They are started, asked to leave, and aborted when they outstay the grace period. */
import type { Alarm, Alarms } from "../time/alarms.ts";
import type { Runner } from "./runner.ts";

export class Crowd {
  readonly #runners = new Set<Runner>();
  readonly #alarms: Alarms;
  readonly #gracefulStopMs: number;

  constructor(alarms: Alarms, gracefulStopMs: number) {
    this.#alarms = alarms;
    this.#gracefulStopMs = gracefulStopMs;
  }

  get size(): number {
    return this.#runners.size;
  }

  /** Runs a user from start to stop, with `body` in between. */
  add(runner: Runner, body: (runner: Runner) => Promise<void>): void {
    this.#runners.add(runner);
    void live(runner, body).finally(() => this.#runners.delete(runner));
  }

  /** Asks a user to leave; it is aborted when it has not left within the grace period. */
  leave(runner: Runner): void {
    if (runner.leaving) return;
    runner.leave();
    const alarm: Alarm = this.#alarms.at(performance.now() + this.#gracefulStopMs, { ring: () => abort(runner) });
    void runner.gone.then(() => this.#alarms.cancel(alarm));
  }

  /** Asks all users to leave; resolves when the last one is gone. */
  async leaveAll(): Promise<void> {
    const all = [...this.#runners];
    for (const runner of all) this.leave(runner);
    await Promise.all(all.map((runner) => runner.gone));
  }
}

async function live(runner: Runner, body: (runner: Runner) => Promise<void>): Promise<void> {
  try {
    if (await runner.start()) await body(runner);
  } finally {
    await runner.finish();
  }
}

/** Aborts a user: its calls fail as aborted. A script that awaits something else of its own is left behind. */
function abort(runner: Runner): void {
  runner.abandon(runner.user.abort());
}
