/**
 * Feeders hand out rows of a CSV or JSON file to users: each row once in the whole run, or again from the start when they
 * are used up. Workers share the rows by number (worker i of n takes rows i, i+n, i+2n ...), so no row is given twice.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GamedayError, messageOf, type Place, systemReason } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { CsvError, type CsvRow, parseCsv } from "./csv.ts";

export interface Feeder<Row> {
  readonly length: number;
  /** The next row of this worker's share; null when each row is given once and none is left. */
  next(): Row | null;
}

export interface FeederOptions {
  /** Each row at most once in the run; default: again from the start. */
  readonly once?: boolean;
}

/** This worker's share of all rows; set by the engine before scripts are loaded. */
const share = { slot: 0, count: 1 };

export function shareFeeders(slot: number, count: number): void {
  share.slot = slot;
  share.count = count;
}

/** Rows of a CSV file with a header line, as records of text. `file`: a path, or `new URL("people.csv", import.meta.url)`. */
export function csv(file: string | URL, options: FeederOptions = {}): Feeder<Readonly<Record<string, string>>> {
  const path = pathOf(file);
  const [header, ...lines] = rowsOf(path);
  if (header === undefined) throw badFile(path, "a header line and rows", "an empty file");
  demandNames(header, path);
  const rows = lines.map(({ fields, line }) => {
    if (fields.length === header.fields.length)
      return Object.fromEntries(header.fields.map((name, column) => [name, fields[column] ?? ""]));
    throw badFile({ file: path, line }, `${header.fields.length} fields in each row`, `${fields.length}`);
  });
  return feeder(rows, options, path);
}

function rowsOf(path: string): CsvRow[] {
  try {
    return parseCsv(read(path));
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
  let value: unknown;
  try {
    value = JSON.parse(read(path));
  } catch (cause) {
    throw badFile(path, "JSON", messageOf(cause));
  }
  if (!Array.isArray(value)) throw badFile(path, "an array", typeof value);
  return feeder(value as Row[], options, path);
}

/** Rows that the script made itself. */
export function rows<Row>(list: readonly Row[], options: FeederOptions = {}): Feeder<Row> {
  return feeder(list, options, "the rows");
}

function feeder<Row>(list: readonly Row[], { once = false }: FeederOptions, path: string): Feeder<Row> {
  if (list.length === 0) throw badFile(path, "at least one row", "none");
  let given = 0;
  return {
    length: list.length,
    next: () => {
      const number = share.slot + given++ * share.count;
      if (number >= list.length && once) return null;
      return list[number % list.length] ?? null;
    },
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
