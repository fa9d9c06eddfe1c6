/**
 * Limits how much of the arriving bodies is kept for scripts: each body up to one limit, and all bodies that are arriving
 * together up to another, so that a thousand users who download at once do not exhaust the machine's memory. What is not kept
 * is still read and counted.
 */
const TOGETHER_MAX = 256 << 20;

export class KeptBytes {
  /** The most bytes that are kept of one body. */
  readonly eachMax: number;
  readonly #togetherMax: number;
  #together = 0;

  constructor(eachMax: number, togetherMax = TOGETHER_MAX) {
    this.eachMax = eachMax;
    this.#togetherMax = togetherMax;
  }

  /** Reserves `more` bytes for a body that has kept `size` bytes. Returns false, and reserves nothing, beyond a limit. */
  take(size: number, more: number): boolean {
    if (size + more > this.eachMax || this.#together + more > this.#togetherMax) return false;
    this.#together += more;
    return true;
  }

  /** Ends the reservation of bytes that now belong to somebody else or are gone. */
  release(bytes: number): void {
    this.#together -= bytes;
  }
}
