/** `seconds.ndjson`: one row a line. Of lines about the same second, the last one counts. */
import { join } from "node:path";
import type { Second } from "../second.ts";
import { NdjsonWriter, readNdjson } from "../std/ndjson.ts";
import { isThere, replaceFile } from "../std/regular-file.ts";

export const SECONDS_FILE = "seconds.ndjson";

/**
 * Returns the rows of a run folder in order of time; an empty list if it has no such file. A line that was being written when its
 * writer was killed is left out, with all that follows it.
 */
export function readSeconds(folder: string): Second[] {
  const path = join(folder, SECONDS_FILE);
  const rows = new Map<number, Second>();
  if (!isThere(path)) return [];
  for (const row of undamaged(readNdjson<Second>(path))) if (Number.isFinite(row?.atMs)) rows.set(row.atMs, row);
  return [...rows.values()].sort((a, b) => a.atMs - b.atMs);
}

function* undamaged<T>(lines: Generator<T>): Generator<T> {
  for (;;) {
    let next: IteratorResult<T>;
    try {
      next = lines.next();
    } catch {
      return;
    }
    if (next.done === true) return;
    yield next.value;
  }
}

/** Returns the rows as the text of the finished file. */
export function renderSeconds(rows: readonly Second[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Appends rows while a run lasts. Like every derived file it is of no use to the verdict, so the caller decides what a failure means. */
export class SecondsWriter {
  readonly #folder: string;
  readonly #file: NdjsonWriter;

  constructor(folder: string, redact: ((text: string) => string) | null = null) {
    this.#folder = folder;
    this.#file = NdjsonWriter.resume(join(folder, SECONDS_FILE), redact);
  }

  /** Appends rows and flushes them, so that a reader sees them at once. */
  write(rows: readonly Second[]): void {
    for (const row of rows) this.#file.write(row);
    this.#file.flush();
  }

  /** Closes the file, and writes it once more, in order of time and with one line for each second. */
  finish(): void {
    this.#file.close();
    replaceFile(join(this.#folder, SECONDS_FILE), renderSeconds(readSeconds(this.#folder)));
  }
}
