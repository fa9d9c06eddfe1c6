/**
 * The memory of a search: configurations that need not be searched again. A configuration is a key (model state, and
 * which answered operations are in the order so far, as words of a bit set) and, for each class of interchangeable
 * unanswered operations, how many of it were used.
 *
 * Dominance: with equal keys, a configuration that used at least as many of every class can do nothing that the other
 * cannot, since what the other has not used it may use later, or never. So for each key only the minimal vectors of
 * counts are kept, and whatever one of them dominates is pruned.
 *
 * Everything lies in a few growing typed arrays (open addressing, FNV-1a); no object is made for a configuration.
 */
const NONE = -1;
const FIRST_SLOTS = 1 << 12;
const FIRST_WORDS = 1 << 14;

export class Visited {
  /** Configurations kept or pruned so far. */
  lookups = 0;
  readonly #classes: number;
  #slots = new Int32Array(FIRST_SLOTS).fill(NONE);
  #keys = 0;
  /** Of each key: where its words begin, how many they are, and its newest vector. */
  #start = new Int32Array(FIRST_SLOTS);
  #length = new Int32Array(FIRST_SLOTS);
  #newest = new Int32Array(FIRST_SLOTS);
  #words = new Uint32Array(FIRST_WORDS);
  #wordsUsed = 0;
  /** Of each vector: its counts, and the next older one of the same key. */
  #counts = new Uint16Array(FIRST_WORDS);
  #older = new Int32Array(FIRST_SLOTS);
  #vectors = 0;

  constructor(classes: number) {
    this.#classes = classes;
  }

  /** Bytes in use, all arrays together. */
  get bytes(): number {
    const arrays = [this.#slots, this.#start, this.#length, this.#newest, this.#words, this.#counts, this.#older];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** Notes the configuration; false when an earlier one dominates it. Only the first `length` words count. */
  add(words: Uint32Array, length: number, counts: Uint16Array): boolean {
    this.lookups += 1;
    const key = this.#keyOf(words, length);
    for (let vector = this.#newest[key] ?? NONE; vector !== NONE; vector = this.#older[vector] ?? NONE) {
      if (this.#atMost(vector, counts)) return false;
    }
    this.#dropDominatedBy(counts, key);
    this.#push(counts, key);
    return true;
  }

  #keyOf(words: Uint32Array, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(words, length) & mask;
    for (let key = this.#slots[slot] ?? NONE; key !== NONE; key = this.#slots[slot] ?? NONE) {
      if (this.#isKey(key, words, length)) return key;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#keys;
    return this.#newKey(words, length);
  }

  #isKey(key: number, words: Uint32Array, length: number): boolean {
    if (this.#length[key] !== length) return false;
    const start = this.#start[key] ?? 0;
    for (let at = 0; at < length; at++) if (this.#words[start + at] !== words[at]) return false;
    return true;
  }

  #newKey(words: Uint32Array, length: number): number {
    const key = this.#keys++;
    if (key >= this.#start.length) {
      this.#start = wider(this.#start, key + 1);
      this.#length = wider(this.#length, key + 1);
      this.#newest = wider(this.#newest, key + 1);
    }
    this.#words = wider(this.#words, this.#wordsUsed + length);
    this.#words.set(words.subarray(0, length), this.#wordsUsed);
    this.#start[key] = this.#wordsUsed;
    this.#length[key] = length;
    this.#newest[key] = NONE;
    this.#wordsUsed += length;
    if (this.#keys * 2 > this.#slots.length) this.#rehash();
    return key;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    const mask = this.#slots.length - 1;
    for (let key = 0; key < this.#keys; key++) {
      const start = this.#start[key] ?? 0;
      const length = this.#length[key] ?? 0;
      let slot = hash(this.#words.subarray(start, start + length), length) & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = key;
    }
  }

  /** Whether the kept vector used no more of any class than `counts`. */
  #atMost(vector: number, counts: Uint16Array): boolean {
    const start = vector * this.#classes;
    for (let at = 0; at < this.#classes; at++) {
      if ((this.#counts[start + at] ?? 0) > (counts[at] ?? 0)) return false;
    }
    return true;
  }

  #dropDominatedBy(counts: Uint16Array, key: number): void {
    let newer = NONE;
    for (let vector = this.#newest[key] ?? NONE; vector !== NONE; ) {
      const older = this.#older[vector] ?? NONE;
      if (!this.#atLeast(vector, counts)) newer = vector;
      else if (newer === NONE) this.#newest[key] = older;
      else this.#older[newer] = older;
      vector = older;
    }
  }

  #atLeast(vector: number, counts: Uint16Array): boolean {
    const start = vector * this.#classes;
    for (let at = 0; at < this.#classes; at++) {
      if ((this.#counts[start + at] ?? 0) < (counts[at] ?? 0)) return false;
    }
    return true;
  }

  #push(counts: Uint16Array, key: number): void {
    const vector = this.#vectors++;
    this.#older = wider(this.#older, vector + 1);
    this.#counts = wider(this.#counts, (vector + 1) * this.#classes);
    this.#counts.set(counts.subarray(0, this.#classes), vector * this.#classes);
    this.#older[vector] = this.#newest[key] ?? NONE;
    this.#newest[key] = vector;
  }
}

/** The array itself when it is long enough, else a copy at least twice as long. */
function wider<T extends Int32Array | Uint32Array | Uint16Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const make = array.constructor as new (length: number) => T;
  const copy = new make(Math.max(length, array.length * 2));
  copy.set(array);
  return copy;
}

function hash(words: Uint32Array, length: number): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < length; at++) {
    const word = words[at] ?? 0;
    value = Math.imul(value ^ (word & 0xffff), 0x01000193);
    value = Math.imul(value ^ (word >>> 16), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
