/**
 * Feeders hand out rows of a CSV or JSON file to users: each row once in the whole run, or again from the start when they
 * are used up. Workers share the rows by number (worker i of n takes rows i, i+n, i+2n ...), so no row is given twice.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GamedayError, messageOf } from "../std/errors.ts";
import type { Json } from "../std/json.ts";

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
  const [header, ...lines] = parseCsv(read(path));
  if (header === undefined) throw badFile(path, "a header line and rows", "an empty file");
  const rows = lines.map((fields, index) => {
    if (fields.length === header.length)
      return Object.fromEntries(header.map((name, column) => [name, fields[column] ?? ""]));
    throw badFile(path, `${header.length} fields in row ${index + 1}`, `${fields.length}`);
  });
  return feeder(rows, options, path);
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

/** Fields of each line (RFC 4180): quotes may hold commas, line ends and doubled quotes. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  for (const [, quoted, plain, end] of text
    .replace(/^\uFEFF/, "")
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    fields.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (fields.length > 1 || fields[0] !== "") lines.push(fields);
    fields = [];
  }
  return lines;
}

function pathOf(file: string | URL): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw badFile(
      path,
      "a file of rows",
      messageOf(cause),
      'beside the script: new URL("people.csv", import.meta.url)',
    );
  }
}

function badFile(file: string, expected: string, got: string, hint?: string): GamedayError {
  const place = { file };
  return new GamedayError({ code: "feeder-file", expected, got, place, ...(hint === undefined ? {} : { hint }) });
}
