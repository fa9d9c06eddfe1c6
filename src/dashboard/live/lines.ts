/**
 * Reads what a run writes and merges it by time, so that an old run is folded in the order in which it happened. Lines that cannot
 * be read are counted and left out: a page must show a damaged run, and only the judge decides what damage means.
 */
import { join } from "node:path";
import { HISTORY_FILE, INTERVALS_FILE, TIMELINE_FILE } from "../../evidence/files.ts";
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import { isRecord } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { Tail } from "./tail.ts";

/** Operations that are no beats of a probe are of no interest here; most lines are told apart without parsing them. */
const IS_PROBE = '"probe":{';

export type EvidenceLine =
  | { readonly atMs: number; readonly operation: Operation }
  | { readonly atMs: number; readonly interval: Interval }
  | { readonly atMs: number; readonly event: TimelineEvent };

export class LiveLines implements Disposable {
  readonly #sources: readonly Source[];

  constructor(folder: string) {
    const tail = (name: string) => new Tail(join(folder, name));
    this.#sources = [
      new Source(tail(HISTORY_FILE), (value) => {
        const operation = value as unknown as Operation;
        return operation.completedAtMs === null ? null : { atMs: operation.completedAtMs, operation };
      }),
      new Source(tail(INTERVALS_FILE), (value) => {
        const interval = value as unknown as Interval;
        return { atMs: interval.toMs, interval };
      }),
      new Source(tail(TIMELINE_FILE), (value) => {
        const event = value as unknown as TimelineEvent;
        return typeof event.type === "string" ? { atMs: event.atMs, event } : null;
      }),
    ];
  }

  /** Returns the next line in order of time, as far as the files are written; null at their end. */
  next(): EvidenceLine | null {
    let first: Source | null = null;
    for (const source of this.#sources) {
      const atMs = source.head?.atMs;
      if (atMs !== undefined && (first === null || atMs < (first.head?.atMs ?? 0))) first = source;
    }
    return first?.take() ?? null;
  }

  /** Lets the next calls read on where the files ended before. */
  again(): void {
    for (const source of this.#sources) source.isAtEnd = false;
  }

  get isReplaced(): boolean {
    return this.#sources.some(({ tail }) => tail.isReplaced);
  }

  get badLines(): number {
    return this.#sources.reduce((sum, { badLines, tail }) => sum + badLines + tail.skippedLines, 0);
  }

  [Symbol.dispose](): void {
    for (const { tail } of this.#sources) tail[Symbol.dispose]();
  }
}

class Source {
  readonly tail: Tail;
  readonly #lineOf: (value: Readonly<Record<string, unknown>>) => EvidenceLine | null;
  #texts: string[] = [];
  #at = 0;
  #head: EvidenceLine | null = null;
  isAtEnd = false;
  badLines = 0;

  constructor(tail: Tail, lineOf: (value: Readonly<Record<string, unknown>>) => EvidenceLine | null) {
    this.tail = tail;
    this.#lineOf = lineOf;
  }

  get head(): EvidenceLine | null {
    while (this.#head === null && !this.isAtEnd) this.#advance();
    return this.#head;
  }

  take(): EvidenceLine | null {
    const line = this.#head;
    this.#head = null;
    return line;
  }

  #advance(): void {
    const text = this.#texts[this.#at++];
    if (text === undefined) {
      this.#texts = this.tail.next();
      this.#at = 0;
      this.isAtEnd = this.#texts.length === 0;
      return;
    }
    this.#head = this.#parsed(text);
  }

  #parsed(text: string): EvidenceLine | null {
    if (text.startsWith('{"id":') && !text.includes(IS_PROBE)) return null;
    try {
      const value: unknown = JSON.parse(text);
      const line = isRecord(value) ? this.#lineOf(value) : null;
      if (line === null || Number.isFinite(line.atMs)) return line;
    } catch {
      // counted below
    }
    this.badLines++;
    return null;
  }
}
