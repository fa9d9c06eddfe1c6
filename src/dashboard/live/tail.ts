/**
 * Reads the lines of a file as it grows. A line without its line feed is not complete and waits. The file may appear later; if it
 * shrinks, or another file takes its place, the tail says so, because what was read does not hold any more.
 */
import { closeSync, fstatSync, lstatSync, readSync } from "node:fs";
import { openRegular } from "../../std/regular-file.ts";

const CHUNK_BYTES = 1 << 18;
/** The longest line that is read. A longer one is damage: it is skipped. */
const LINE_BYTES_MAX = 16 << 20;
/** Enough for two of the longest lines; of damage without a line feed, no more is read before others have their turn. */
const CHUNKS_AT_ONCE_MAX = (2 * LINE_BYTES_MAX) / CHUNK_BYTES;

export class Tail implements Disposable {
  readonly #path: string;
  #descriptor: number | null = null;
  #offset = 0;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isSkipping = false;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  isReplaced = false;
  skippedLines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the next complete lines, of about 256 KiB where they are short; an empty list at the end of what is written so far. */
  next(): string[] {
    if (this.#descriptor === null && !this.#open()) return [];
    for (let chunks = 0; chunks < CHUNKS_AT_ONCE_MAX; chunks++) {
      const size = readSync(this.#descriptor as number, this.#chunk, 0, CHUNK_BYTES, this.#offset);
      if (size === 0) {
        this.#watchForReplacement();
        break;
      }
      this.#offset += size;
      const lines = this.#linesOf(this.#chunk.subarray(0, size));
      if (lines.length > 0) return lines;
    }
    return [];
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open(): boolean {
    try {
      this.#descriptor = openRegular(this.#path);
      return true;
    } catch {
      return false; // it does not exist yet, or is no regular file
    }
  }

  #watchForReplacement(): void {
    const open = fstatSync(this.#descriptor as number);
    if (open.size < this.#offset || open.nlink === 0) this.isReplaced = true;
    const named = lstatSync(this.#path, { throwIfNoEntry: false });
    if (named === undefined || named.ino !== open.ino) this.isReplaced = true;
  }

  #linesOf(data: Buffer): string[] {
    const end = data.lastIndexOf(10);
    if (end < 0) {
      this.#keep(data);
      return [];
    }
    const text = Buffer.concat([...this.#rest, data.subarray(0, end)]).toString("utf8");
    const lines = text.split("\n");
    if (this.#isSkipping) lines.shift();
    this.#isSkipping = false;
    this.#rest = [];
    this.#restBytes = 0;
    this.#keep(data.subarray(end + 1));
    return lines.filter((line) => line !== "");
  }

  #keep(data: Buffer): void {
    if (this.#isSkipping || data.length === 0) return;
    this.#rest.push(Buffer.from(data));
    this.#restBytes += data.length;
    if (this.#restBytes <= LINE_BYTES_MAX) return;
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = true;
    this.skippedLines++;
  }
}
