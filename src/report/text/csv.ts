/** The downloads as CSV (RFC 4180): requests, failures and history by second. Names come from targets and are quoted. Pure. */
import type { FailureRow, RequestRow, Seconds } from "../../api/live.ts";
import { SECOND_COLUMNS } from "../../api/second-columns.ts";

type Cell = string | number | null;

export const NAME_COLUMNS = [
  "name",
  "requests",
  "failed",
  "perSecond",
  "failedPerSecond",
  "meanMs",
  "p50Ms",
  "p95Ms",
  "p99Ms",
  "maxMs",
] as const;
export const FAILURE_COLUMNS = ["name", "error", "count", "firstMs", "lastMs", "example"] as const;

export function requestsCsv(rows: readonly RequestRow[]): string {
  return csv(
    NAME_COLUMNS,
    rows.map((row) => NAME_COLUMNS.map((name) => row[name])),
  );
}

export function failuresCsv(rows: readonly FailureRow[]): string {
  return csv(
    FAILURE_COLUMNS,
    rows.map((row) => FAILURE_COLUMNS.map((name) => row[name])),
  );
}

/** One row a second; empty cells are gaps. */
export function historyCsv({ fromS, columns }: Seconds): string {
  const length = Math.max(0, ...SECOND_COLUMNS.map((name) => columns[name].length));
  const rows = Array.from({ length }, (_, at) => [
    fromS + at,
    ...SECOND_COLUMNS.map((name) => columns[name][at] ?? null),
  ]);
  return csv(["second", ...SECOND_COLUMNS], rows);
}

function csv(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [names, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Quotes a text. One that a spreadsheet would run as a formula is given an apostrophe first. */
function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
