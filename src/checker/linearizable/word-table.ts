/**
 * Numbers sequences of 32-bit words 0, 1, 2 ... in order of first appearance (open addressing, FNV-1a). Everything is stored in a
 * few growing typed arrays; no object is created for a sequence.
 */
const FREE = -1;
/** Small, because some histories have thousands of parts with few configurations each. */
const FIRST_SLOTS = 1 << 5;
const FIRST_WORDS = 1 << 6;

export class WordTable {
  #slots = new Int32Array(FIRST_SLOTS).fill(FREE);
  /** The start of each sequence; it has one more entry than there are sequences. */
  #starts = new Uint32Array(FIRST_SLOTS);
  #words = new Uint32Array(FIRST_WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#slots.byteLength + this.#starts.byteLength + this.#words.byteLength;
  }

  /**
   * Returns the number of the sequence formed by the first `length` words; a new number (equal to the former `size`) if the
   * sequence is new.
   */
  add(words: Uint32Array, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(words, 0, length) & mask;
    for (let number = this.#slots[slot] ?? FREE; number !== FREE; number = this.#slots[slot] ?? FREE) {
      if (this.#equals(number, words, length)) return number;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#size;
    return this.#append(words, length);
  }

  /** Returns one word of a sequence. */
  wordAt(number: number, at: number): number {
    return this.#words[(this.#starts[number] ?? 0) + at] ?? 0;
  }

  #equals(number: number, words: Uint32Array, length: number): boolean {
    const start = this.#starts[number] ?? 0;
    if ((this.#starts[number + 1] ?? 0) - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#words[start + at] !== words[at]) return false;
    return true;
  }

  #append(words: Uint32Array, length: number): number {
    const number = this.#size++;
    const start = this.#starts[number] ?? 0;
    this.#starts = wider(this.#starts, number + 2);
    this.#words = wider(this.#words, start + length);
    this.#words.set(words.subarray(0, length), start);
    this.#starts[number + 1] = start + length;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(FREE);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = hash(this.#words, this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

/** Returns the array itself if it is long enough, else a copy at least twice as long. */
export function wider<T extends Int32Array | Uint32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const make = array.constructor as new (length: number) => T;
  const copy = new make(Math.max(length, array.length * 2));
  copy.set(array);
  return copy;
}

function hash(words: Uint32Array, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at++) {
    const word = words[at] ?? 0;
    value = Math.imul(value ^ (word & 0xffff), 0x01000193);
    value = Math.imul(value ^ (word >>> 16), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
