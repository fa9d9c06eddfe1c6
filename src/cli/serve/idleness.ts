import type { Runs } from "../../dashboard/runs.ts";

const LOOK_EVERY_MS = 5_000;

/** Notices that nobody has watched and nothing has run for a time. */
export class Idleness implements Disposable {
  readonly #runs: Runs;
  readonly #forMs: number | null;
  #timer: NodeJS.Timeout | undefined;
  #sinceMs = performance.now();

  /** `forMs` null: never. */
  constructor(runs: Runs, forMs: number | null) {
    this.#runs = runs;
    this.#forMs = forMs;
  }

  /** Calls back once it is idle. */
  begin(end: () => void): void {
    const forMs = this.#forMs;
    if (forMs === null) return;
    this.#sinceMs = performance.now();
    this.#timer = setInterval(() => void this.#look(forMs, end), Math.min(LOOK_EVERY_MS, forMs));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(forMs: number, end: () => void): Promise<void> {
    await this.#runs.look();
    const isUsed = this.#runs.watchers.now > 0 || this.#runs.running > 0;
    if (isUsed) this.#sinceMs = performance.now();
    else if (performance.now() - this.#sinceMs >= forMs) end();
  }
}
