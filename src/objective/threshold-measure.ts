/**
 * Measures the statistic of a threshold, as a range that is sure to contain it. The range is wider than a point only if calls
 * hung until the end of the load cut them off (interval/interrupted.ts): each may have failed or not, and took at least as long
 * as it had waited.
 */

import { hungIn } from "../interval/interrupted.ts";
import type { Metric } from "../interval/metric.ts";
import type { Total, Totals } from "../interval/totals.ts";
import type { Range } from "../range.ts";
import { Histogram } from "../std/histogram.ts";
import { isNone } from "./threshold-none.ts";

/** The metric names of k6 that are counted here as part of another series. */
const SOURCES: Readonly<Record<string, string>> = {
  http_req_failed: "http_req_duration",
  http_reqs: "http_req_duration",
  iterations: "iteration_duration",
  call_failed: "call_duration",
};

export function sourceOf(name: string): string {
  return SOURCES[name] ?? name;
}

/** Returns the range of a statistic, or null if there are no samples or no such statistic. */
export function measure({ name, tags }: Metric, statistic: string, totals: Totals): Range | null {
  if (totals.seconds === 0) return null;
  if (name === "dropped_iterations") return point(counted(statistic, totals.dropped, totals));
  const total = totals.find({ name: sourceOf(name), tags });
  if (total === null || total.count === 0) return isNone(name, tags, statistic, totals) ? point(0) : null;
  if (name === "http_req_failed" || name === "call_failed")
    return failures(statistic, total, hungOf(name, tags, totals));
  if (name === "http_reqs" || name === "iterations") return point(counted(statistic, total.count, totals));
  if (name === "checks") return checks(statistic, total, hungOf("http_req_duration", scenarioOf(tags), totals));
  const hung = hungIn(totals, name, tags);
  return hung.count === 0 ? point(statisticOf(statistic, total, totals)) : withHung(statistic, total, hung, totals);
}

function point(value: number | null): Range | null {
  return value === null ? null : { lower: value, upper: value };
}

function hungOf(name: string, tags: Metric["tags"], totals: Totals): number {
  return hungIn(totals, sourceOf(name), tags).count;
}

/** Keeps only the scenario of the tags, because requests have other names than checks but the same scenario. */
function scenarioOf({ scenario }: Metric["tags"]): Metric["tags"] {
  return scenario === undefined ? {} : { scenario };
}

function failures(statistic: string, { count, failed }: Total, hung: number): Range {
  if (statistic === "count") return { lower: failed, upper: failed + hung };
  return { lower: failed / (count + hung), upper: (failed + hung) / (count + hung) };
}

/** Returns the range for checks. Scripts check answers, so each call that hung may have led to one more check, held or not. */
function checks(statistic: string, { count, sum }: Total, hung: number): Range {
  if (statistic === "count") return { lower: sum, upper: sum + hung };
  return { lower: sum / (count + hung), upper: (sum + hung) / (count + hung) };
}

/** Returns the range with calls that hung, which took at least as long as they waited. Averages are judged by the lower end. */
function withHung(statistic: string, total: Total, hung: Histogram, totals: Totals): Range | null {
  const histogram = Histogram.of(...(total.histogram === null ? [] : [total.histogram.snapshot()]), hung.snapshot());
  const { count, sum, max, min } = histogram;
  const atLeast = statisticOf(statistic, { ...total, count, sum, max, min, histogram }, totals);
  if (atLeast === null) return null;
  const share = statistic === "max" ? 1 : statistic === "med" ? 0.5 : percentileOf(statistic);
  const answered = total.histogram?.count ?? 0;
  const isKnown = share === undefined || Math.ceil(share * count) <= answered;
  return { lower: atLeast, upper: isKnown ? atLeast : Number.POSITIVE_INFINITY };
}

function percentileOf(statistic: string): number | undefined {
  const percentile = /^p\((.*)\)$/.exec(statistic)?.[1];
  return percentile === undefined ? undefined : Number(percentile) / 100;
}

function counted(statistic: string, count: number, totals: Totals): number {
  return statistic === "rate" ? count / totals.seconds : count;
}

/** Returns a statistic. For checks and rates, "rate" is the share that held; for counters, it is the count per second. */
function statisticOf(statistic: string, total: Total, totals: Totals): number | null {
  const percentile = percentileOf(statistic);
  if (percentile !== undefined) return total.histogram?.quantile(percentile) ?? null;
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
