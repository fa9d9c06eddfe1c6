/**
 * The memory of a search: configurations that need not be searched again. A configuration is a key (model state, and
 * which answered operations are in the order so far, as words of a bit set) and, for each class of interchangeable
 * unanswered operations, how many of it were used.
 *
 * Every configuration is remembered exactly. Beyond that, dominance: with equal keys, one that used at least as many of
 * every class can do nothing that the other cannot, since what the other has not used it may use later, or never. So of each
 * key a few configurations that used little are kept at hand, and whatever one of them dominates is pruned. They are a
 * few, because comparing with all would make the time quadratic; leaving some out only prunes less.
 */
import { WordTable, wider } from "./word-table.ts";

/** Configurations of one key that others are compared with. */
const KEPT_MAX = 128;
const COMPARED_PER_COST = 32;
const NONE = -1;

export class Visited {
  /** Configurations asked for so far. */
  lookups = 0;
  readonly #classes: number;
  readonly #keys = new WordTable();
  /** Of each configuration: its key, then its counts. */
  readonly #configurations = new WordTable();
  readonly #words: Uint32Array;
  /** Of each key: how many configurations are kept, and the newest; of each configuration: the kept one before it. */
  #keptCount = new Int32Array(1);
  #newest = new Int32Array(1);
  #older = new Int32Array(1);
  /** Of each configuration: how many unanswered operations it used, all classes together. */
  #used = new Int32Array(1);
  #compared = 0;

  constructor(classes: number) {
    this.#classes = classes;
    this.#words = new Uint32Array(classes + 1);
  }

  /** What counts towards a budget: one a configuration, and one for every COMPARED_PER_COST that it was compared with. */
  get cost(): number {
    return this.lookups + Math.floor(this.#compared / COMPARED_PER_COST);
  }

  /** Bytes in use, all arrays together. */
  get bytes(): number {
    const columns = [this.#keptCount, this.#newest, this.#older, this.#used];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#keys.bytes + this.#configurations.bytes);
  }

  /** Notes the configuration; false when it, or one that dominates it, was noted before. Only the first `length` words count. */
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

  /** Puts the configuration at hand, and away those that it dominates or, where there are too many, the one that used most. */
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

  /** Unlinks whatever the newest dominates; gives back how many others stay. */
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
