/**
 * When the beats of one stream are due. A beat comes at a random moment in the first three quarters of its period. Without that,
 * all streams would send in the same order in every period, in step with a proxy that serves its replicas in turn, so that a stream
 * could meet the same replica for ever and never notice that another one does not serve. The last quarter stays free, so that two
 * beats in a row are never one look.
 */
import { BEAT_SPREAD } from "../../probe.ts";
import type { Random } from "../../std/random.ts";

export class Beats {
  readonly #random: Random;
  readonly #firstMs: number;
  readonly #everyMs: number;
  #period = 0;

  /** The first period begins at `firstMs`; each lasts `everyMs`. */
  constructor(firstMs: number, everyMs: number, random: Random) {
    this.#firstMs = firstMs;
    this.#everyMs = everyMs;
    this.#random = random;
  }

  /** Returns when the next beat is due, in milliseconds, after leaving out `skipped` periods. */
  next(skipped = 0): number {
    const period = this.#period + skipped;
    this.#period = period + 1;
    return this.#firstMs + (period + BEAT_SPREAD * this.#random.float()) * this.#everyMs;
  }
}
