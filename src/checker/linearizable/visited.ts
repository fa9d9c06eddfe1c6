/**
 * The memory of a search: configurations that need not be searched again. A configuration is a key (the model's state, and the
 * answered operations that are in the order so far, as words of a bit set) and, for each class of interchangeable unanswered
 * operations, the number of members used.
 *
 * Every configuration is remembered exactly. Beyond that, dominance applies: of two configurations with equal keys, one that used
 * at least as many of every class can do nothing that the other cannot, because the other may use its unused members later, or
 * never. So for each key a few configurations that used little are kept for comparison, and everything that one of them dominates
 * is pruned. Only a few are kept, because comparing with all would take quadratic time; leaving some out only prunes less.
 */
import { WordTable, wider } from "./word-table.ts";

/** The most configurations of one key with which others are compared. */
const KEPT_MAX = 128;
const COMPARED_PER_COST = 32;
const NONE = -1;

export class Visited {
  /** Number of configurations looked up so far. */
  lookups = 0;
  readonly #classes: number;
  readonly #keys = new WordTable();
  /** For each configuration: its key, followed by its counts. */
  readonly #configurations = new WordTable();
  readonly #words: Uint32Array;
  /** For each key: the number of configurations kept, and the newest of them. For each configuration: the kept one before it. */
  #keptCount = new Int32Array(1);
  #newest = new Int32Array(1);
  #older = new Int32Array(1);
  /** For each configuration: the number of unanswered operations that it used, over all classes. */
  #used = new Int32Array(1);
  #compared = 0;

  constructor(classes: number) {
    this.#classes = classes;
    this.#words = new Uint32Array(classes + 1);
  }

  /** The cost towards a budget: one for each configuration, and one for every COMPARED_PER_COST comparisons. */
  get cost(): number {
    return this.lookups + Math.floor(this.#compared / COMPARED_PER_COST);
  }

  /** Bytes in use, over all arrays. */
  get bytes(): number {
    const columns = [this.#keptCount, this.#newest, this.#older, this.#used];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#keys.bytes + this.#configurations.bytes);
  }

  /**
   * Records the configuration. Returns false if it, or one that dominates it, was recorded before. Only the first `length` words
   * count.
   */
  add(words: Uint32Array, length: number, counts: Uint32Array): boolean {
    this.lookups += 1;
    const known = this.#keys.size;
    const key = this.#keys.add(words, length);
    if (this.#classes === 0) return key === known;
    if (this.#isDominated(key, counts)) return false;
    this.#words[0] = key;
    this.#words.set(counts, 1);
    const before = this.#configurations.size;
    const configuration = this.#configurations.add(this.#words, this.#classes + 1);
    if (configuration < before) return false;
    this.#keep(key, configuration, counts);
    return true;
  }

  #isDominated(key: number, counts: Uint32Array): boolean {
    let kept = this.#keptCount[key] ? (this.#newest[key] ?? NONE) : NONE;
    for (; kept !== NONE; kept = this.#older[kept] ?? NONE) {
      if (this.#usedAtMost(kept, counts)) return true;
    }
    return false;
  }

  #usedAtMost(configuration: number, counts: Uint32Array): boolean {
    this.#compared += 1;
    for (let at = 0; at < this.#classes; at++) {
      if (this.#configurations.wordAt(configuration, at + 1) > (counts[at] ?? 0)) return false;
    }
    return true;
  }

  /**
   * Keeps the configuration for comparison, and drops those that it dominates or, if there are too many, the one that used most.
   */
  #keep(key: number, configuration: number, counts: Uint32Array): void {
    this.#keptCount = wider(this.#keptCount, key + 1);
    this.#newest = wider(this.#newest, key + 1);
    this.#older = wider(this.#older, configuration + 1);
    this.#used = wider(this.#used, configuration + 1);
    this.#used[configuration] = counts.reduce((total, count) => total + count, 0);
    this.#older[configuration] = (this.#keptCount[key] ?? 0) > 0 ? (this.#newest[key] ?? NONE) : NONE;
    this.#newest[key] = configuration;
    this.#keptCount[key] = 1 + this.#putAwayDominated(configuration, counts);
    if ((this.#keptCount[key] ?? 0) > KEPT_MAX) this.#putAwayWorst(key);
  }

  /** Unlinks everything that the newest configuration dominates, and returns how many others remain. */
  #putAwayDominated(newest: number, counts: Uint32Array): number {
    let stay = 0;
    let newer = newest;
    for (let kept = this.#older[newest] ?? NONE; kept !== NONE; kept = this.#older[kept] ?? NONE) {
      if (this.#usedAtLeast(kept, counts)) this.#older[newer] = this.#older[kept] ?? NONE;
      else {
        newer = kept;
        stay += 1;
      }
    }
    return stay;
  }

  #usedAtLeast(configuration: number, counts: Uint32Array): boolean {
    this.#compared += 1;
    for (let at = 0; at < this.#classes; at++) {
      if (this.#configurations.wordAt(configuration, at + 1) < (counts[at] ?? 0)) return false;
    }
    return true;
  }

  #putAwayWorst(key: number): void {
    let most = -1;
    let beforeWorst = NONE;
    let worst = NONE;
    for (let newer = NONE, kept = this.#newest[key] ?? NONE; kept !== NONE; kept = this.#older[kept] ?? NONE) {
      const used = this.#used[kept] ?? 0;
      if (used > most) [most, beforeWorst, worst] = [used, newer, kept];
      newer = kept;
    }
    const after = this.#older[worst] ?? NONE;
    if (beforeWorst === NONE) this.#newest[key] = after;
    else this.#older[beforeWorst] = after;
    this.#keptCount[key] = KEPT_MAX;
  }
}
