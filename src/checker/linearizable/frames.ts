/**
 * The positions to which a search can backtrack, newest on top: the length of the trail before the choice that led there, and
 * what to try next. They are columns of numbers, because there is one position for each operation of a long history.
 */
import { wider } from "./word-table.ts";

const FIRST_FRAMES = 1 << 3;

export class Frames {
  depth = 0;
  #trailLengths = new Int32Array(FIRST_FRAMES);
  #entries = new Int32Array(FIRST_FRAMES);
  #nextClasses = new Int32Array(FIRST_FRAMES);

  push(trailLength: number, entry: number): void {
    const at = this.depth++;
    this.#trailLengths = wider(this.#trailLengths, this.depth);
    this.#entries = wider(this.#entries, this.depth);
    this.#nextClasses = wider(this.#nextClasses, this.depth);
    this.#trailLengths[at] = trailLength;
    this.#entries[at] = entry;
    this.#nextClasses[at] = 0;
  }

  pop(): void {
    this.depth -= 1;
  }

  get trailLength(): number {
    return this.#trailLengths[this.depth - 1] ?? 0;
  }

  /** The next entry to try in the list of events. */
  get entry(): number {
    return this.#entries[this.depth - 1] ?? -1;
  }

  set entry(entry: number) {
    this.#entries[this.depth - 1] = entry;
  }

  /** The next class of open operations to try. */
  get nextClass(): number {
    return this.#nextClasses[this.depth - 1] ?? 0;
  }

  set nextClass(number: number) {
    this.#nextClasses[this.depth - 1] = number;
  }
}
