/** Emits notes without a flood: each kind once, and repetitions as a count every few seconds. */
import type { Json } from "../../std/json.ts";
import type { NoteKind } from "../../timeline.ts";

const KINDS_MAX = 100;
const REPEAT_MS = 5_000;

export class Notes {
  readonly #emit: (says: string, detail: Json, kind?: NoteKind) => void;
  readonly #told = new Set<string>();
  readonly #counts = new Map<string, { count: number; readonly kind: NoteKind | undefined }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(emit: (says: string, detail: Json, kind?: NoteKind) => void) {
    this.#emit = emit;
  }

  /** Emits a note the first time that its key occurs. */
  once(key: string, says: string, kind?: NoteKind): void {
    if (this.#told.has(key) || this.#told.size >= KINDS_MAX) return;
    this.#told.add(key);
    this.#emit(says, null, kind);
    if (this.#told.size === KINDS_MAX) this.#emit(`${KINDS_MAX} kinds of notes were told: further kinds are not`, null);
  }

  /** Emits a note the first time that it occurs, and later how often it has occurred since. */
  count(what: string, says: string, kind?: NoteKind): void {
    const text = `${what}: ${says}`;
    if (!this.#told.has(text)) return this.once(text, text, kind);
    const repeated = this.#counts.get(text) ?? { count: 0, kind };
    repeated.count++;
    this.#counts.set(text, repeated);
    this.#timer ??= setTimeout(() => this.#tellCounts(), REPEAT_MS);
  }

  close(): void {
    this.#tellCounts();
  }

  #tellCounts(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [text, { count, kind }] of this.#counts)
      this.#emit(`${text} (${count} more)`, { count, repeats: text }, kind);
    this.#counts.clear();
  }
}
