/** Renders comparisons and histories as plain text tables, aligned by code points; no colors, no locale. */

import { formatMeasured } from "../objective/words.ts";
import { visible } from "../report/text/escape.ts";
import type { Comparison } from "./compare.ts";
import type { HistoryRow } from "./history.ts";

export function renderComparison({ runs, objectives, change, notes }: Comparison): string {
  const head = ["objective", ...runs.map(({ runId }) => runId), "change"];
  const verdicts = ["verdict", ...runs.map(({ verdict }) => verdict), ""];
  const rows = objectives.map((one) => [
    one.says,
    ...one.cells.map((cell) => (cell === null ? "-" : `${cell.status} ${formatMeasured(cell.measured, one.unit)}`)),
    `${one.change}: ${cut(one.because)}`,
  ]);
  const summary = {
    worse: "Something got worse beyond noise.",
    better: "Nothing got worse; something got better.",
    same: "Nothing changed beyond noise.",
    unknown: "It is unknown whether anything got worse.",
  };
  const noted = notes.map((note) => `note: ${visible(note)}\n`).join("");
  return `${align([head, verdicts, ...rows])}\n${noted}${summary[change]}\n`;
}

export function renderHistory(rows: readonly HistoryRow[]): string {
  if (rows.length === 0) return "there are no runs in this folder yet\n";
  const head = ["started", "run", "verdict", "exit", "objectives met", "sentence"];
  const cells = rows.map((row) => [row.startedAt, row.runId, row.verdict, row.exitCode, row.objectives, row.sentence]);
  return `${align([head, ...cells])}\n`;
}

const BECAUSE_CHARACTERS_MAX = 160;

function cut(text: string): string {
  return text.length > BECAUSE_CHARACTERS_MAX ? `${text.slice(0, BECAUSE_CHARACTERS_MAX - 1)}…` : text;
}

/** Pads columns to their widest cell, two spaces apart; the last column is not padded. */
function align(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map((cell) => visible(cell).replaceAll(/\s+/g, " ")));
  const widths = (clean[0] ?? []).map((_, column) => Math.max(...clean.map((row) => [...(row[column] ?? "")].length)));
  const pad = (cell: string, column: number) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length);
  return clean.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
