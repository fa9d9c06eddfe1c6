/**
 * Formats the summary at the end of a load for people, in the style of k6: thresholds first, a row for each request name, and
 * the generator last.
 */

import { hungIn, interruptedIn } from "../../interval/interrupted.ts";
import type { Total, Totals } from "../../interval/totals.ts";
import type { ThresholdResult } from "../../objective/threshold.ts";
import type { Range } from "../../range.ts";
import type { GeneratorReport } from "./generator.ts";

export interface SummaryInput {
  readonly totals: Totals;
  readonly thresholds: readonly ThresholdResult[];
  readonly generator: GeneratorReport;
  /** Script errors and other notes, each with how often it occurred. */
  readonly notes: ReadonlyMap<string, number>;
  readonly open: boolean;
}

const HEAD = ["count", "rate/s", "errors", "p50", "p90", "p95", "p99", "p99.9", "max ms"];
const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999];
const ROWS_MAX = 100;
const NOTES_MAX = 10;
const NOTE_LENGTH_MAX = 600;
const NAME_LENGTH_MAX = 120;

export function formatSummary(input: SummaryInput): string {
  const sections = [
    thresholdLines(input.thresholds),
    requestLines(input.totals, input.open),
    failureLines(input.totals),
    callLines(input.totals),
    checkLines(input.totals),
    customLines(input.totals),
    totalLines(input.totals),
    noteLines(input.notes),
    generatorLines(input.generator),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const MARKS = { pass: "ok  ", fail: "FAIL", unknown: "??  " };

function thresholdLines(results: readonly ThresholdResult[]): string[] {
  if (results.length === 0) return [];
  const lines = results.map(({ threshold, status, range }) => {
    return `  ${MARKS[status]} ${threshold.text}   ${range === null ? "no samples: unknown" : rangeText(range)}`;
  });
  return ["thresholds", ...lines];
}

/** Formats a measure: as one number, or as a range when calls hung until the load cut them off. */
function rangeText({ lower, upper }: Range): string {
  if (lower === upper) return number(lower);
  return `${number(lower)} ${Number.isFinite(upper) ? `to ${number(upper)}` : "or more"}: calls hung when the load ended`;
}

function requestLines(totals: Totals, open: boolean): string[] {
  const rows = [...totals.by("http_req_duration", "name")].map(([name, total]) =>
    requestRow(name, total, totals.seconds),
  );
  const all = totals.find({ name: "http_req_duration", tags: {} });
  if (all === null && totals.seconds === 0) return ["requests", "  unknown: no worker told anything"];
  if (all === null)
    return totals.names().some((name) => /^(call|ws)_/.test(name)) ? [] : ["requests", "  none was made"];
  const cut = rows.splice(ROWS_MAX).length;
  const more = cut > 0 ? [`  and ${cut} more names`] : [];
  if (rows.length > 1) rows.push(requestRow("(all)", all, totals.seconds));
  const service = open ? totals.find({ name: "http_req_service", tags: {} }) : null;
  if (service !== null) rows.push(requestRow("(service)", service, totals.seconds));
  const lines = [...table([["requests", ...HEAD], ...rows]), ...more];
  if (service !== null) lines.push("  times run from the intended start; those of (service) from the send alone");
  return lines;
}

const FAILURES_MAX = 10;

/** Lists which requests failed, and how; the most frequent failures come first. */
function failureLines(totals: Totals): string[] {
  const kinds = [...totals.by("http_req_duration", "error").keys()];
  const found = [...totals.by("http_req_duration", "name").keys()].flatMap((name) =>
    kinds.map((error) => ({ name, error, count: failuresOf(totals, name, error) })),
  );
  const sorted = found.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  if (sorted.length === 0) return [];
  const lines = sorted.slice(0, FAILURES_MAX).map(({ name, error, count }) => `  ${count} x ${shown(name)}: ${error}`);
  const more = sorted.length - lines.length;
  return ["failures", ...lines, ...(more > 0 ? [`  and ${more} more kinds`] : [])];
}

export function failuresOf(totals: Totals, name: string, error: string): number {
  return totals.find({ name: "http_req_duration", tags: { name, error } })?.failed ?? 0;
}

/** Returns the table of calls that are not HTTP requests. */
function callLines(totals: Totals): string[] {
  const rows = [...totals.by("call_duration", "name")].map(([name, total]) => requestRow(name, total, totals.seconds));
  if (rows.length === 0) return [];
  return table([["calls", ...HEAD], ...rows]);
}

function requestRow(name: string, total: Total, seconds: number): string[] {
  const values = QUANTILES.map((q) => milliseconds(total.histogram?.quantile(q) ?? null));
  const errors = total.failed === 0 ? "0" : `${total.failed} (${((100 * total.failed) / total.count).toFixed(2)} %)`;
  const rate = seconds > 0 ? (total.count / seconds).toFixed(1) : "-";
  return [
    `  ${shown(name)}`,
    String(total.count),
    rate,
    errors,
    ...values,
    milliseconds(total.count === 0 ? null : total.max),
  ];
}

function checkLines(totals: Totals): string[] {
  const checks = [...totals.by("checks", "name")];
  if (checks.length === 0) return [];
  const failedFirst = checks.sort(([, a], [, b]) => Number(b.failed > 0) - Number(a.failed > 0));
  const lines = failedFirst.map(([name, total]) => {
    const held = total.count - total.failed;
    return `  ${total.failed === 0 ? "ok  " : "FAIL"} ${shown(name)}   ${((100 * held) / total.count).toFixed(2)} % of ${total.count}`;
  });
  return ["checks", ...capped(lines)];
}

const BUILT_IN =
  /^(http_req_|call_duration$|call_interrupted$|iterations_interrupted$|data_|checks$|iteration_|group_|script_errors$|logins_repeated$)/;

function customLines(totals: Totals): string[] {
  const names = totals.names().filter((name) => !BUILT_IN.test(name));
  const lines = names.flatMap((name) => {
    const total = totals.find({ name, tags: {} });
    if (total === null) return [];
    if (total.histogram === null) return [`  ${shown(name)}   ${plain(total, totals.seconds)}`];
    const values = QUANTILES.map((q) => `p${q * 100} ${number(total.histogram?.quantile(q) ?? 0)}`);
    return [`  ${shown(name)}   ${values.join("  ")}  max ${number(total.max)}`];
  });
  return lines.length === 0 ? [] : ["metrics", ...capped(lines)];
}

function plain(total: Total, seconds: number): string {
  if (total.kind === "gauge") return `last ${number(total.last)}  min ${number(total.min)}  max ${number(total.max)}`;
  if (total.kind === undefined) return `${((100 * total.sum) / total.count).toFixed(2)} % of ${total.count}`;
  return `${number(total.sum)}${seconds > 0 ? `  ${number(total.sum / seconds)}/s` : ""}`;
}

function totalLines(totals: Totals): string[] {
  const iterations = totals.find({ name: "iteration_duration", tags: {} });
  const received = totals.find({ name: "data_received", tags: {} });
  const repeated = totals.find({ name: "logins_repeated", tags: {} });
  const lines = [
    "load",
    `  ${totals.seconds.toFixed(1)} s, up to ${totals.usersMax} users, ${iterations?.count ?? 0} iterations (${iterations?.failed ?? 0} failed), ${totals.dropped} dropped`,
    `  ${((received?.sum ?? 0) / 1e6).toFixed(2)} MB of bodies received`,
  ];
  lines.push(...interruptedLines(totals));
  if (repeated !== null) lines.push(`  ${repeated.count} logins repeated after a 401`);
  return lines;
}

/** Lists what the end of the load cut off. These are not failures, but calls that had hung by then are a doubt. */
function interruptedLines(totals: Totals): string[] {
  const iterations = totals.find({ name: "iterations_interrupted", tags: {} })?.sum ?? 0;
  const lines = iterations === 0 ? [] : [`  interrupted by the end: ${iterations} iterations`];
  const calls = [
    ["http_req_duration", "requests"],
    ["call_duration", "calls"],
  ].flatMap(([source = "", what]) => {
    const count = interruptedIn(totals, source);
    if (count === 0) return [];
    const hung = hungIn(totals, source, {});
    const longest = `${hung.count} of them had waited far longer than any answer took, up to ${(hung.max / 1000).toFixed(1)} s`;
    return [`  interrupted by the end: ${count} ${what}${hung.count === 0 ? "" : ` (${longest})`}`];
  });
  return [...lines, ...calls];
}

function noteLines(notes: ReadonlyMap<string, number>): string[] {
  if (notes.size === 0) return [];
  const lines = [...notes]
    .slice(0, NOTES_MAX)
    .map(([says, count]) => `  ${count > 1 ? `${count} x ` : ""}${shown(says, NOTE_LENGTH_MAX)}`);
  if (notes.size > NOTES_MAX) lines.push(`  and ${notes.size - NOTES_MAX} more kinds`);
  return ["notes", ...lines];
}

function generatorLines(report: GeneratorReport): string[] {
  if (report.workers === 0) return ["generator: unknown, no worker told anything"];
  const state = report.bottlenecks.length === 0 ? "kept pace" : "WAS THE BOTTLENECK: latency is unknown";
  return [
    `generator: ${state}`,
    `  ${report.workers} workers, CPU up to ${report.cpuMax.toFixed(2)} of a core, ${(report.rssBytesMax / 1e6).toFixed(0)} MB, loop delay p99 ${report.loopDelayMsP99.toFixed(1)} ms max ${report.loopDelayMsMax.toFixed(1)} ms, GC ${report.gcPauseMs.toFixed(0)} ms, begun late by p50 ${report.sendLagMsP50.toFixed(2)} ms max ${report.sendLagMsMax.toFixed(1)} ms`,
    ...report.bottlenecks.map((because) => `  ${because}`),
  ];
}

/** Formats rows as columns that are as wide as their widest cell; the first is aligned left, the others right. */
function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}

/** Cuts a section to ROWS_MAX lines and a count of the rest. The JSON contains all of them. */
function capped(lines: readonly string[]): string[] {
  const more = lines.length - ROWS_MAX;
  return more > 0 ? [...lines.slice(0, ROWS_MAX), `  and ${more} more`] : [...lines];
}

/** Returns text from a script as one line of bounded length, without control characters that a terminal would interpret. */
function shown(text: string, lengthMax = NAME_LENGTH_MAX): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax)}...`;
}

function milliseconds(value: number | null): string {
  if (value === null) return "-";
  return value < 10 ? value.toFixed(2) : value < 1000 ? value.toFixed(1) : value.toFixed(0);
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
