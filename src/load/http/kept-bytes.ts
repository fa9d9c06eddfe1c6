/**
 * How much of the bodies that arrive is kept for scripts: each up to a limit, and all that are on their way together up to
 * another, so that a thousand users who download at once do not take the machine's memory. What is not kept is still read
 * and counted.
 */
const TOGETHER_MAX = 256 << 20;

export class KeptBytes {
  /** Of one body. */
  readonly eachMax: number;
  readonly #togetherMax: number;
  #together = 0;

  constructor(eachMax: number, togetherMax = TOGETHER_MAX) {
    this.eachMax = eachMax;
    this.#togetherMax = togetherMax;
  }

  /** Whether a body that has `size` bytes may keep `more`; if so, they are taken. */
  take(size: number, more: number): boolean {
    if (size + more > this.eachMax || this.#together + more > this.#togetherMax) return false;
    this.#together += more;
    return true;
  }

  /** Bytes that were taken are somebody else's now, or gone. */
  release(bytes: number): void {
    this.#together -= bytes;
  }
}
