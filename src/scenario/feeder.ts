/**
 * Feeders hand out the rows of a CSV or JSON file to users. With `once`, each row is given once in the whole run,
 * whichever worker, user or script requests it. Otherwise all rows are given again and again, and each worker begins with
 * a different one (worker i of n with rows i, i+n, i+2n ...).
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { formatPlace, GamedayError, messageOf, type Place, systemReason } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { CsvError, type CsvRow, parseCsv } from "./csv.ts";
import { placesOf } from "./thrown.ts";

export interface Feeder<Row> {
  readonly length: number;
  /** Returns the next row; null if each row is given once and none is left. */
  next(): Row | null;
}

export interface FeederOptions {
  /** Gives each row at most once in the run; by default the feeder starts again from the first row. */
  readonly once?: boolean;
}

/** A feeder as the source of its rows knows it. */
export interface FeederRows {
  /** The same on all workers: a file is identified by its name and content, a list by the place in the script that made it. */
  readonly key: string;
  /** The name that is shown to people. */
  readonly name: string;
  readonly length: number;
}

/** Gives out the rows of feeders that give each row once in the whole run. */
export interface RowSource {
  /** Returns the number, from 0, of a row that has not been given to anybody; null if none is left. */
  next(feeder: FeederRows): number | null;
}

/** The source of rows in a process of its own, for a script that is only inspected. */
class OwnRows implements RowSource {
  readonly #given = new Map<string, number>();

  next({ key, length }: FeederRows): number | null {
    const number = this.#given.get(key) ?? 0;
    this.#given.set(key, number + 1);
    return number < length ? number : null;
  }
}

/** This worker's position among all workers; the engine sets it before scripts are loaded. */
const share = { slot: 0, count: 1, source: new OwnRows() as RowSource };
const lists = new Map<string, number>();

export function shareFeeders(slot: number, count: number, source: RowSource = new OwnRows()): void {
  Object.assign(share, { slot, count, source });
  lists.clear();
}

/**
 * Returns a feeder of the rows of a CSV file with a header line, as records of text. `file` is a path, or `new
 * URL("people.csv", import.meta.url)`.
 */
export function csv(file: string | URL, options: FeederOptions = {}): Feeder<Readonly<Record<string, string>>> {
  const path = pathOf(file);
  const content = read(path);
  const [header, ...lines] = rowsOf(content, path);
  if (header === undefined) throw badFile(path, "a header line and rows", "an empty file");
  demandNames(header, path);
  const rows = lines.map(({ fields, line }) => {
    if (fields.length === header.fields.length)
      return Object.fromEntries(header.fields.map((name, column) => [name, fields[column] ?? ""]));
    throw badFile({ file: path, line }, `${header.fields.length} fields in each row`, `${fields.length}`);
  });
  return feeder(rows, options, path, content);
}

function rowsOf(content: string, path: string): CsvRow[] {
  try {
    return parseCsv(content);
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw badFile({ file: path, line: thrown.line }, "fields with commas between them", thrown.message);
  }
}

function demandNames({ fields, line }: CsvRow, path: string): void {
  const place = { file: path, line };
  const [only = ""] = fields;
  if (fields.length === 1 && /[;\t]/.test(only))
    throw badFile(place, "names with commas between them", JSON.stringify(only));
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  if (twice !== undefined) throw badFile(place, "each name once in the header line", `"${twice}" twice`);
}

/** Returns a feeder of the elements of a JSON file that contains an array. */
export function json<Row = Json>(file: string | URL, options: FeederOptions = {}): Feeder<Row> {
  const path = pathOf(file);
  const content = read(path);
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw badFile(path, "JSON", messageOf(cause));
  }
  if (!Array.isArray(value)) throw badFile(path, "an array", typeof value);
  return feeder(value as Row[], options, path, content);
}

/** Returns a feeder of rows that the script made itself. */
export function rows<Row>(list: readonly Row[], options: FeederOptions = {}): Feeder<Row> {
  return feeder(list, options, "the rows");
}

/** Makes a feeder. `content` is the content of the file; undefined for a list. */
function feeder<Row>(
  list: readonly Row[],
  { once = false }: FeederOptions,
  path: string,
  content?: string,
): Feeder<Row> {
  if (list.length === 0) throw badFile(path, "at least one row", "none");
  const { length } = list;
  if (!once) return { length, next: turns(list) };
  const given = { key: content === undefined ? keyOfList() : keyOfFile(path, content), name: basename(path), length };
  return {
    length,
    next: () => {
      const number = share.source.next(given);
      return number === null ? null : (list[number] ?? null);
    },
  };
}

/**
 * Returns the key of a file. Two scripts may read the same file, and it may have another path on another machine: its
 * rows are still the same rows.
 */
function keyOfFile(path: string, content: string): string {
  return `${basename(path)} ${createHash("sha256").update(content).digest("hex")}`;
}

/**
 * Returns the key of a list: the lines of the script that led to it, and the number of the list among those that were
 * made there.
 */
function keyOfList(): string {
  const places = placesOf(new Error("a list of rows")).map(formatPlace).join(" ");
  const number = lists.get(places) ?? 0;
  lists.set(places, number + 1);
  return `${places} ${number}`;
}

/**
 * Returns rows endlessly: a worker begins with its own share, every count-th row, and continues with the shares of the
 * others.
 */
function turns<Row>(list: readonly Row[]): () => Row | null {
  let at = -1;
  let home = 0;
  return () => {
    if (at < 0) at = home = share.slot % Math.min(share.count, list.length);
    const row = list[at] ?? null;
    at += share.count;
    if (at >= list.length) at = home = (home + 1) % Math.min(share.count, list.length);
    return row;
  };
}

function pathOf(file: string | URL): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}

/**
 * Reads a file as UTF-8 without its byte order mark. Another encoding is an error, because it would decode to wrong
 * characters.
 */
function read(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof TypeError) throw badFile(path, "a file in UTF-8", "another encoding");
    const hint = 'beside the script: new URL("people.csv", import.meta.url)';
    throw badFile(path, "a file of rows", systemReason(cause), hint);
  }
}

function badFile(where: string | Place, expected: string, got: string, hint?: string): GamedayError {
  const place = typeof where === "string" ? { file: where } : where;
  return new GamedayError({ code: "feeder-file", expected, got, place, ...(hint === undefined ? {} : { hint }) });
}
