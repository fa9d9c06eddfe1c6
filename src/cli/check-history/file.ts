/** Reads a history file: plain or gzipped, UTF-8 or UTF-16 with a byte order mark, and never more than fits into memory. */
import { gunzipSync } from "node:zlib";
import { GamedayError, messageOf } from "../../std/errors.ts";
import { readGiven } from "../../std/given-file.ts";

/** The largest file that is read; a larger text would not fit into one string of the JavaScript engine. */
const FILE_BYTES_MAX = 256 << 20;

/** Returns the text of the file. `path` is read; `name` is used in error messages. Throws GamedayError for anything but text. */
export function readHistoryFile(path: string, name: string): string {
  return textOf(unpacked(bytesOf(path, name), name), name);
}

function bytesOf(path: string, name: string): Buffer {
  try {
    return readGiven(path, { as: "a history", bytesMax: FILE_BYTES_MAX });
  } catch (thrown) {
    throw unreadable(name, messageOf(thrown), thrown);
  }
}

function unpacked(bytes: Buffer, name: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: FILE_BYTES_MAX });
  } catch (thrown) {
    throw unreadable(name, `gzip that cannot be unpacked (${messageOf(thrown)})`, thrown);
  }
}

/** Decodes the bytes; a byte order mark is not part of the text. */
function textOf(bytes: Buffer, name: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw notText(bytes, name, thrown);
  }
}

function encodingOf(bytes: Buffer): "utf-16le" | "utf-16be" | "utf-8" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** Returns the error, with the place of the first character that could not be decoded. */
function notText(bytes: Buffer, name: string, cause: unknown): GamedayError {
  const before = new TextDecoder().decode(bytes).split("\uFFFD", 1)[0] ?? "";
  const line = before.split("\n").length;
  const column = before.length - (before.lastIndexOf("\n") + 1) + 1;
  return new GamedayError({
    code: "history-unreadable",
    expected: "a history as UTF-8 text",
    got: "bytes that are not text",
    place: { file: name, line, column },
    cause,
  });
}

function unreadable(name: string, got: string, cause?: unknown): GamedayError {
  const expected = `a readable history of at most ${FILE_BYTES_MAX} bytes`;
  return new GamedayError({ code: "history-unreadable", expected, got, place: { file: name }, cause });
}
