/**
 * Parses and judges thresholds in k6's syntax: "http_req_duration{name:checkout}: p(99) < 800". An "abort" or "abort after 30s"
 * at the end stops the load when the threshold fails. Such thresholds are judged every second; all are judged at the end.
 * Without samples, a threshold is unknown, never pass.
 */

import type { Metric } from "../interval/metric.ts";
import { parseWrittenMetric } from "../interval/metric-written.ts";
import type { Totals } from "../interval/totals.ts";
import type { Bound, Range } from "../range.ts";
import { compareToBound } from "../range.ts";
import type { Status } from "../status.ts";
import { parseDuration } from "../std/duration.ts";
import { GamedayError } from "../std/errors.ts";
import { measure, sourceOf } from "./threshold-measure.ts";
import { metricComplaint } from "./threshold-metrics.ts";

export interface Threshold {
  /** The text as the user wrote it, with normalized spaces around the colon. */
  readonly text: string;
  readonly metric: Metric;
  /** All possible meanings of the text: `metric`, or the same with quotes and percent-encoding as a part of its values. */
  readonly metrics: readonly Metric[];
  readonly statistic: string;
  readonly compare: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly bound: number;
  /** The time since the start of the load before which it does not abort; null if it never aborts. */
  readonly abortAfterMs: number | null;
}

export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly status: Status;
  /** Null if there are no samples or no such statistic. It is wider than a point if calls hung when the load cut them off. */
  readonly range: Range | null;
  /** The lower end of the range. */
  readonly measured: number | null;
}

const EXPRESSION =
  /^\s*(p\(\s*\d+(?:\.\d+)?\s*\)|avg|med|min|max|rate|count|value)\s*(<=|>=|===?|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*(ms|s|%)?\s*(abort(?:\s+after\s+(\S+))?)?\s*$/;

/** Parses one line: "METRIC{tag:value}: EXPRESSION". Throws GamedayError when it is not a threshold. */
export function parseThreshold(line: string): Threshold {
  const colon = line.lastIndexOf(":"); // an expression contains no colon
  if (colon < 0) throw badThreshold(line, "no colon between the metric and the expression");
  return thresholdOf(line.slice(0, colon), line.slice(colon + 1));
}

function thresholdOf(metricText: string, expression: string): Threshold {
  const text = `${metricText.trim()}: ${expression.trim()}`;
  const metrics = parseWrittenMetric(metricText);
  const [metric] = metrics;
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
    metrics,
    statistic: statistic.replaceAll(" ", ""),
    compare: equals as Threshold["compare"],
    bound,
    abortAfterMs,
  };
}

export function judgeThresholds(thresholds: readonly Threshold[], totals: Totals): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const range = rangeOf(threshold, totals);
    const status = range === null ? "unknown" : compareToBound(range, boundOf(threshold));
    return { threshold, status, range, measured: range?.lower ?? null };
  });
}

/** Returns the range of the first possible meaning of the text that was counted. */
function rangeOf({ metrics, statistic }: Threshold, totals: Totals): Range | null {
  const counted = metrics.find(({ name, tags }) => totals.series({ name: sourceOf(name), tags }).length > 0);
  const asked = counted ?? metrics[0];
  return asked === undefined ? null : measure(asked, statistic, totals);
}

/** Returns the threshold's condition as the bound of an objective. */
export function boundOf({ compare, bound }: Threshold): Bound {
  return { [BOUNDS[compare]]: bound };
}

const BOUNDS: Readonly<Record<Threshold["compare"], keyof Bound>> = {
  "<": "under",
  "<=": "atMost",
  ">=": "atLeast",
  ">": "over",
  "==": "equals",
  "!=": "unequal",
};

function badThreshold(text: string, got: string): GamedayError {
  return new GamedayError({
    code: "bad-threshold",
    expected: 'a threshold such as "http_req_duration{name:checkout}: p(99) < 800"',
    got: `${text}: ${got}`,
    hint: "statistics: p(N), avg, med, min, max, rate, count, value; add `abort` or `abort after 30s` to stop the load",
  });
}
