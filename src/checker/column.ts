/**
 * A growing column of numbers outside the garbage-collected heap. A check of millions of operations keeps its state for each id
 * in a few of these columns (8 bytes or fewer per number) instead of in one object per id.
 */
type Numbers = Float64Array | Uint32Array | Uint8Array;

const FIRST_CAPACITY = 1024;

export class Column<T extends Numbers> {
  #numbers: T;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#numbers = make(FIRST_CAPACITY);
  }

  /** Returns the number at `index`; 0 if none was ever set. */
  get(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  /** Sets the number at `index`. The capacity doubles as needed, so that n calls cost O(n) in total. */
  set(index: number, value: number): void {
    if (index >= this.#numbers.length) this.#grow(index + 1);
    this.#numbers[index] = value;
  }

  #grow(length: number): void {
    const wider = this.#make(Math.max(length, this.#numbers.length * 2));
    wider.set(this.#numbers);
    this.#numbers = wider;
  }
}

export const milliseconds = (): Column<Float64Array> => new Column((length) => new Float64Array(length));
export const counts = (): Column<Uint32Array> => new Column((length) => new Uint32Array(length));
export const flags = (): Column<Uint8Array> => new Column((length) => new Uint8Array(length));
