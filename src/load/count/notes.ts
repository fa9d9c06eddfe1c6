/** Emits notes without a flood: each kind once, and repetitions as a count every few seconds. */
import type { Json } from "../../std/json.ts";

const KINDS_MAX = 100;
const REPEAT_MS = 5_000;

export class Notes {
  readonly #emit: (says: string, detail: Json) => void;
  readonly #told = new Set<string>();
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(emit: (says: string, detail: Json) => void) {
    this.#emit = emit;
  }

  /** Emits a note the first time that its key occurs. */
  once(key: string, says: string): void {
    if (this.#told.has(key) || this.#told.size >= KINDS_MAX) return;
    this.#told.add(key);
    this.#emit(says, null);
    if (this.#told.size === KINDS_MAX) this.#emit(`${KINDS_MAX} kinds of notes were told: further kinds are not`, null);
  }

  /** Emits a note the first time that it occurs, and later how often it has occurred since. */
  count(what: string, says: string): void {
    const text = `${what}: ${says}`;
    if (!this.#told.has(text)) return this.once(text, text);
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    this.#timer ??= setTimeout(() => this.#tellCounts(), REPEAT_MS);
  }

  close(): void {
    this.#tellCounts();
  }

  #tellCounts(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [text, count] of this.#counts) this.#emit(`${text} (${count} more)`, { count });
    this.#counts.clear();
  }
}
