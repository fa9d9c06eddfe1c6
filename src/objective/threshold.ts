/**
 * Thresholds in k6's words: "http_req_duration{name:checkout}: p(99) < 800", with "abort" or "abort after 30s" at the end to
 * stop the load when it fails. Judged each second and at the end. No samples is unknown, never pass.
 */
import { type Metric, parseMetric } from "../interval/metric.ts";
import type { Total, Totals } from "../interval/totals.ts";
import type { Status } from "../status.ts";
import { parseDuration } from "../std/duration.ts";
import { GamedayError } from "../std/errors.ts";
import { metricComplaint } from "./threshold-metrics.ts";

export interface Threshold {
  /** As the person wrote it. */
  readonly text: string;
  readonly metric: Metric;
  readonly statistic: string;
  readonly compare: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly bound: number;
  /** null: never aborts; else not before this time since the load began. */
  readonly abortAfterMs: number | null;
}

export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly status: Status;
  /** null: no samples, or no such statistic. */
  readonly measured: number | null;
}

const EXPRESSION =
  /^\s*(p\(\s*\d+(?:\.\d+)?\s*\)|avg|med|min|max|rate|count|value)\s*(<=|>=|===?|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*(ms|s|%)?\s*(abort(?:\s+after\s+(\S+))?)?\s*$/;

/** One line: "METRIC{tag:value}: EXPRESSION". */
export function parseThreshold(line: string): Threshold {
  const colon = line.search(/:(?![^{]*\})/);
  if (colon < 0) throw badThreshold(line, "no colon between metric and expression");
  return thresholdOf(line.slice(0, colon), line.slice(colon + 1));
}

function thresholdOf(metricText: string, expression: string): Threshold {
  const text = `${metricText.trim()}: ${expression.trim()}`;
  const metric = parseMetric(metricText);
  if (metric === undefined) throw badThreshold(text, `"${metricText.trim()}" is not a metric`);
  const [, statistic = "", compare = "", number, unit, abort, after] = EXPRESSION.exec(expression) ?? [];
  if (number === undefined) throw badThreshold(text, `"${expression.trim()}" is not an expression`);
  if (Number(/^p\((.*)\)$/.exec(statistic)?.[1]) > 100) throw badThreshold(text, `${statistic} is above p(100)`);
  const complaint = metricComplaint(metric.name, statistic);
  if (complaint !== undefined) throw badThreshold(text, complaint);
  const abortAfterMs = abort === undefined ? null : after === undefined ? 0 : parseDuration(after);
  if (abortAfterMs === undefined) throw badThreshold(text, `"${after}" is not a duration`);
  const bound = Number(number) * (unit === "s" ? 1000 : unit === "%" ? 0.01 : 1);
  const equals = compare === "===" ? "==" : compare;
  return {
    text,
    metric,
    statistic: statistic.replaceAll(" ", ""),
    compare: equals as Threshold["compare"],
    bound,
    abortAfterMs,
  };
}

export function judgeThresholds(thresholds: readonly Threshold[], totals: Totals): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const measured = measure(threshold, totals);
    const status: Status = measured === null ? "unknown" : holds(measured, threshold) ? "pass" : "fail";
    return { threshold, status, measured };
  });
}

function holds(measured: number, { compare, bound }: Threshold): boolean {
  switch (compare) {
    case "<":
      return measured < bound;
    case "<=":
      return measured <= bound;
    case ">":
      return measured > bound;
    case ">=":
      return measured >= bound;
    case "==":
      return measured === bound;
    default:
      return measured !== bound;
  }
}

function measure(threshold: Threshold, totals: Totals): number | null {
  const { name, tags } = threshold.metric;
  if (totals.seconds === 0) return null;
  if (name === "dropped_iterations") return counted(threshold.statistic, totals.dropped, totals);
  const total = totals.find({ name: sourceOf(name), tags });
  if (total === null || total.count === 0) {
    const watched = EVENTS.has(name) && totals.find({ name: "iteration_duration", tags }) !== null;
    return watched ? 0 : null;
  }
  if (name === "http_req_failed" || name === "call_failed")
    return threshold.statistic === "count" ? total.failed : total.failed / total.count;
  if (name === "http_reqs" || name === "iterations") return counted(threshold.statistic, total.count, totals);
  return statisticOf(threshold.statistic, total, totals);
}

/** k6's names that are counted as part of another series here. */
const SOURCES: Readonly<Record<string, string>> = {
  http_req_failed: "http_req_duration",
  http_reqs: "http_req_duration",
  iterations: "iteration_duration",
  call_failed: "call_duration",
};

export function sourceOf(name: string): string {
  return SOURCES[name] ?? name;
}

/** Counters of things that need not happen: where iterations were counted and these were not, there were none. */
const EVENTS: ReadonlySet<string> = new Set(["script_errors", "logins_repeated"]);

function counted(statistic: string, count: number, totals: Totals): number {
  return statistic === "rate" ? count / totals.seconds : count;
}

/** "rate" is the share that held for checks and rates, and a second's worth for counters. */
function statisticOf(statistic: string, total: Total, totals: Totals): number | null {
  const percentile = /^p\((.*)\)$/.exec(statistic)?.[1];
  if (percentile !== undefined) return total.histogram?.quantile(Number(percentile) / 100) ?? null;
  switch (statistic) {
    case "med":
      return total.histogram?.quantile(0.5) ?? null;
    case "avg":
      return total.sum / total.count;
    case "min":
      return total.min;
    case "max":
      return total.max;
    case "count":
      return total.histogram === null ? total.sum : total.count;
    case "rate":
      return rateOf(total, totals);
    default:
      return total.histogram === null ? total.last : null;
  }
}

function rateOf(total: Total, totals: Totals): number | null {
  if (total.histogram !== null) return null;
  return total.kind === "counter" ? counted("rate", total.sum, totals) : total.sum / total.count;
}

function badThreshold(text: string, got: string): GamedayError {
  return new GamedayError({
    code: "bad-threshold",
    expected: 'a threshold such as "http_req_duration{name:checkout}: p(99) < 800"',
    got: `${text}: ${got}`,
    hint: "statistics: p(N), avg, med, min, max, rate, count, value; add `abort` or `abort after 30s` to stop the load",
  });
}
