/**
 * Newline-delimited JSON: appended in order, read in order, one value a line. Reading is synchronous and streams, so that pure
 * folds can run over files of any length.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { ExitCode, GamedayError, messageOf } from "./errors.ts";
import { parseJson, redactedJson } from "./json.ts";
import { openRegular } from "./regular-file.ts";

const READ_BYTES = 1 << 20;
/** The longest line that is read. A longer line is damage or abuse, not evidence. */
const LINE_BYTES_MAX = 16 << 20;
/** The size of the lines that are kept in memory before they are written. */
const FLUSH_BYTES = 1 << 16;

/** Appends values to one file. It is buffered: call flush() where others must be able to read what was written. */
export class NdjsonWriter {
  readonly #descriptor: number;
  readonly #redact: ((text: string) => string) | null;
  #pending: string[] = [];
  #pendingBytes = 0;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  /** Where to write next; null: at the end, because the file was opened for appending. */
  #position: number | null = null;

  /** `file` is a new file, or an open descriptor. `redact` is called with every text within a value; null: there is nothing to hide. */
  constructor(file: string | number, redact: ((text: string) => string) | null = null) {
    this.#descriptor = typeof file === "number" ? file : openSync(file, "ax", 0o644);
    this.#redact = redact;
  }

  /**
   * Goes on with a file that an earlier process wrote, or makes it. A last line that was being written when that process was killed
   * is cut off.
   */
  static resume(file: string, redact: ((text: string) => string) | null = null): NdjsonWriter {
    if (!existsSync(file)) return new NdjsonWriter(file, redact);
    const whole = new NdjsonWriter(openSync(file, "r+"), redact);
    whole.#readBack();
    return whole;
  }

  /** Hashes all whole lines that are in the file, and leaves the place for writing after the last one. */
  #readBack(): void {
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    let rest = Buffer.alloc(0);
    for (let at = 0; ; ) {
      const size = readSync(this.#descriptor, chunk, 0, READ_BYTES, at);
      if (size === 0) break;
      at += size;
      const data = Buffer.concat([rest, chunk.subarray(0, size)]);
      const end = data.lastIndexOf(10) + 1;
      this.#hash.update(data.subarray(0, end));
      this.#bytes += end;
      rest = Buffer.from(data.subarray(end));
    }
    ftruncateSync(this.#descriptor, this.#bytes);
    this.#position = this.#bytes;
  }

  write(value: unknown): void {
    const text = this.#redact === null ? JSON.stringify(value) : redactedJson(value, this.#redact);
    const line = `${text}\n`;
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes >= FLUSH_BYTES) this.flush();
  }

  /** Writes what is pending. Throws the system's error (ENOSPC ...) if not all could be written; the rest stays pending. */
  flush(): void {
    if (this.#pending.length === 0) return;
    let rest: Buffer = Buffer.from(this.#pending.join(""), "utf8");
    try {
      while (rest.length > 0)
        rest = this.#written(rest, writeSync(this.#descriptor, rest, 0, rest.length, this.#position));
      this.#pending = [];
    } catch (thrown) {
      this.#pending = [rest.toString("utf8")];
      throw thrown;
    } finally {
      this.#pendingBytes = this.#pending.reduce((sum, text) => sum + text.length, 0);
    }
  }

  /** Returns the size and hash of all that was written to the file; what is still pending is flushed first. */
  measure(): { readonly bytes: number; readonly sha256: string } {
    this.flush();
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest("hex") };
  }

  #written(bytes: Buffer, size: number): Buffer {
    this.#hash.update(bytes.subarray(0, size));
    this.#bytes += size;
    if (this.#position !== null) this.#position += size;
    return bytes.subarray(size);
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

/** Parses each line of a file in turn. Throws GamedayError with file and line for a line that is not JSON or too long. */
export function* readNdjson<T>(file: string): Generator<T> {
  let line = 0;
  for (const text of readLines(file)) {
    line++;
    if (text.length > 0) yield parseLine<T>(text, file, line);
  }
}

function parseLine<T>(text: string, file: string, line: number): T {
  try {
    return parseJson(text) as T;
  } catch (cause) {
    throw new GamedayError({
      code: "evidence-corrupt-line",
      expected: "one JSON value a line",
      got: `${JSON.stringify(text.slice(0, 80))} (${messageOf(cause).slice(0, 120)})`,
      exitCode: ExitCode.unknown,
      place: { file, line, column: 1 },
      cause,
    });
  }
}

function* readLines(file: string): Generator<string> {
  const descriptor = openRegular(file);
  try {
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    let rest = Buffer.alloc(0);
    for (;;) {
      const size = readSync(descriptor, chunk, 0, READ_BYTES, null);
      if (size === 0) break;
      const data = rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)]);
      const end = data.lastIndexOf(10);
      if (end >= 0) yield* data.toString("utf8", 0, end).split("\n");
      rest = Buffer.from(data.subarray(end + 1));
      if (rest.length > LINE_BYTES_MAX) throw tooLong(file);
    }
    if (rest.length > 0) yield rest.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}

function tooLong(file: string): GamedayError {
  return new GamedayError({
    code: "evidence-line-too-long",
    expected: `lines of at most ${LINE_BYTES_MAX} bytes`,
    got: "a longer one",
    exitCode: ExitCode.unknown,
    place: { file },
  });
}
