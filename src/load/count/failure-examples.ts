/** Keeps one failed request of each kind as an example for people, until it is reported. */
import type { FailureExample } from "../../interval.ts";

/** The most kinds of failure of one worker that have an example. */
const EXAMPLES_MAX = 500;
const SAYS_LENGTH_MAX = 200;
const URL_LENGTH_MAX = 1_000;

type Seen = Omit<FailureExample, "atMs">;

export class FailureExamples {
  readonly #known = new Set<string>();
  #fresh: { readonly seen: Seen; readonly endedMs: number }[] = [];

  /** Returns true when there is no example yet of requests of that name that fail in this way. */
  lacks(name: string, error: string): boolean {
    return this.#known.size < EXAMPLES_MAX && !this.#known.has(`${name} ${error}`);
  }

  /** Keeps a failure that ended at `endedMs` (performance.now()). */
  add(seen: Seen, endedMs: number): void {
    this.#known.add(`${seen.name} ${seen.error}`);
    this.#fresh.push({
      seen: { ...seen, url: seen.url.slice(0, URL_LENGTH_MAX), says: shortened(seen.says) },
      endedMs,
    });
  }

  /** Returns the examples that were not returned yet. `originMs` is 0 of performance.now() on the run's clock. */
  take(originMs: number): FailureExample[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh.map(({ seen, endedMs }) => ({ ...seen, atMs: originMs + endedMs }));
  }
}

function shortened(says: string): string {
  return says.slice(0, SAYS_LENGTH_MAX).replace(/\s+/g, " ").trim().toWellFormed();
}
