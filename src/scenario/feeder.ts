/**
 * Feeders hand out rows of a CSV or JSON file to users: each row once in the whole run, whichever worker, user or script asks
 * for it, or all of them again and again. Then each worker begins with another one (worker i of n with rows i, i+n, i+2n ...).
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
  /** The next row; null when each row is given once and none is left. */
  next(): Row | null;
}

export interface FeederOptions {
  /** Each row at most once in the run; default: again from the start. */
  readonly once?: boolean;
}

/** A feeder as whoever gives out its rows knows it. */
export interface FeederRows {
  /** The same on all workers: a file by its name and content, a list by where its script made it. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly length: number;
}

/** Gives out the rows of feeders that give each row once in the whole run. */
export interface RowSource {
  /** The number of a row that nobody else has, from 0; null: none is left. */
  next(feeder: FeederRows): number | null;
}

/** Alone in its process: a script that is only looked at. */
class OwnRows implements RowSource {
  readonly #given = new Map<string, number>();

  next({ key, length }: FeederRows): number | null {
    const number = this.#given.get(key) ?? 0;
    this.#given.set(key, number + 1);
    return number < length ? number : null;
  }
}

/** This worker's place among all; set by the engine before scripts are loaded. */
const share = { slot: 0, count: 1, source: new OwnRows() as RowSource };
const lists = new Map<string, number>();

export function shareFeeders(slot: number, count: number, source: RowSource = new OwnRows()): void {
  Object.assign(share, { slot, count, source });
  lists.clear();
}

/** Rows of a CSV file with a header line, as records of text. `file`: a path, or `new URL("people.csv", import.meta.url)`. */
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

/** Elements of a JSON file that holds an array. */
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

/** Rows that the script made itself. */
export function rows<Row>(list: readonly Row[], options: FeederOptions = {}): Feeder<Row> {
  return feeder(list, options, "the rows");
}

/** `content`: of the file; undefined for a list. */
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

/** Two scripts may read one file, which may lie elsewhere on another machine: its rows are the same rows. */
function keyOfFile(path: string, content: string): string {
  return `${basename(path)} ${createHash("sha256").update(content).digest("hex")}`;
}

/** By the lines that led to it, and which of those it is. */
function keyOfList(): string {
  const places = placesOf(new Error("a list of rows")).map(formatPlace).join(" ");
  const number = lists.get(places) ?? 0;
  lists.set(places, number + 1);
  return `${places} ${number}`;
}

/** All rows for ever: a worker begins with its own share, every count-th row, and goes on with those of the others. */
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

/** A mark of order at its begin is no part of the text; what is not UTF-8 would come out as other letters. */
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
