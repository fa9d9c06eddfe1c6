/** Assesses the thresholds of a plan's load, from the evidence alone, as rows of the verdict beside the objectives. */

import type { ObjectiveVerdict } from "../objective.ts";
import { isBare } from "../plan/bare.ts";
import type { Objective } from "../plan.ts";
import type { Bound, Range } from "../range.ts";
import { messageOf } from "../std/errors.ts";
import { assessReading } from "./assess.ts";
import type { Facts } from "./facts.ts";
import { CPU_MAX } from "./generator.ts";
import { unreportedOf } from "./load-window.ts";
import { nothing, type Reading } from "./measure.ts";
import { boundOf, parseThreshold, type Threshold, type ThresholdResult } from "./threshold.ts";
import { ThresholdFold } from "./threshold-fold.ts";
import { unitOf } from "./threshold-metrics.ts";
import type { Window } from "./windows.ts";

type Given = Readonly<Record<string, readonly string[]>>;

/** Returns the fold for the single pass over the intervals, without invalid thresholds, which foreign evidence may contain. */
export function thresholdFoldOf(given: Given): ThresholdFold {
  const parsed = linesOf(given).flatMap((line) => {
    const threshold = parsedOf(line);
    return typeof threshold === "string" ? [] : [threshold];
  });
  return new ThresholdFold(parsed);
}

/** Returns a row for each threshold, in the order of the plan. */
export function assessThresholds(given: Given, facts: Facts): ObjectiveVerdict[] {
  const results = facts.load.thresholds.results();
  let next = 0;
  return linesOf(given).map((line) => {
    const threshold = parsedOf(line);
    if (typeof threshold === "string") return assessReading(objectiveOf(line, {}), "", nothing(threshold), facts);
    const result = results[next++];
    const reading = result === undefined ? nothing("it was not evaluated") : readingOf(result, facts);
    return assessReading(objectiveOf(threshold.text, boundOf(threshold)), unitOfThreshold(threshold), reading, facts);
  });
}

function linesOf(given: Given): string[] {
  return Object.entries(given).flatMap(([metric, list]) => list.map((expression) => `${metric}: ${expression}`));
}

/** Parses a threshold, or returns a text that explains why it is invalid. */
function parsedOf(line: string): Threshold | string {
  try {
    return parseThreshold(line);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function objectiveOf(text: string, bound: Bound): Objective {
  return { id: `threshold ${text}`, says: `threshold ${text}`, measure: "threshold", bound, over: {} };
}

function unitOfThreshold({ metric, statistic }: Threshold): string {
  return unitOf(metric.name, statistic);
}

function readingOf({ threshold, measured, range }: ThresholdResult, facts: Facts): Reading {
  const metric = threshold.text.slice(0, threshold.text.lastIndexOf(": "));
  if (measured === null || range === null) return nothing(`${metric} has no samples`);
  const unit = unitOfThreshold(threshold);
  const value = `${Number(measured.toPrecision(6))}${unit === "" ? "" : ` ${unit}`}`;
  const { crossing } = facts.load.thresholds;
  const ended = crossing?.result.threshold === threshold ? crossing : null;
  const when = ended === null ? "over the whole load" : `at ${(ended.atMs / 1000).toFixed(1)} s, when it ended the run`;
  const doubt = doubtFor(threshold, facts);
  const share = ended === null ? shareUnderStalls(threshold, range, facts) : null;
  if (share !== null && doubt !== undefined)
    return stalledShare(threshold, share, `${metric} was ${value} ${when}${hung(range)}; ${doubt}`, facts);
  return {
    range,
    says: `${threshold.statistic} of ${metric} was ${range.upper > range.lower ? "at least " : ""}${value} ${when}${hung(range)}`,
    ...(ended === null ? {} : { when: `at ${(ended.atMs / 1000).toFixed(1)} s` }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** Returns the reason why a range is wider than a point; there is only this one. */
function hung({ lower, upper }: Range): string {
  return upper > lower ? " (calls that hung were cut off at the end of the load, so their outcome is unknown)" : "";
}

/** Returns the interval of a share if the generator was stalled; null if it was not, or if the threshold is not over a share. */
function shareUnderStalls(threshold: Threshold, range: Range, facts: Facts): Range | null {
  if (stallOfLoad(facts) === undefined || isUntouchedByStalls(threshold, facts)) return null;
  return facts.load.thresholds.shareRange(threshold, range);
}

/** Returns a reason if latency was measured by workers that had no time left, or without the arrivals that were dropped. */
function busyOfLoad({ load: { generator } }: Facts): string | undefined {
  const { busy, intervals, dropped } = generator;
  if (dropped > 0) return `${dropped} arrivals were dropped, and how long they would have waited is unknown`;
  if (!generator.isBusyTooOften) return undefined;
  return `workers used more than ${CPU_MAX * 100} % of a core in ${busy} of ${intervals} intervals`;
}

/**
 * Returns whether stalls cannot put a threshold in doubt. A load alone has nothing broken beside it, so a count or a share says as much
 * of the platform as it ever does, and only latency is the generator's own.
 */
function isUntouchedByStalls(threshold: Threshold, { plan }: Facts): boolean {
  return threshold.metric.name === "dropped_iterations" || (isBare(plan) && !isLatency(threshold));
}

function isLatency({ metric, statistic }: Threshold): boolean {
  return /^http_req_(?!failed)|_duration$/.test(metric.name) && statistic !== "count";
}

function stalledShare({ statistic }: Threshold, range: Range, says: string, facts: Facts): Reading {
  const whole = wholeOf(facts);
  const unreported = whole === undefined ? undefined : unreportedOf(whole, facts);
  return { range, says: `${statistic} of ${says}`, ...(unreported === undefined ? {} : { doubt: unreported }) };
}

function wholeOf({ windows }: Facts): Window | undefined {
  return windows.find(({ key }) => key === "whole");
}

/** Returns a reason if the generator was stalled too often in the whole load for its figures to be reliable, else undefined. */
function stallOfLoad({ load: { generator } }: Facts): string | undefined {
  if (!generator.isStalledTooOften) return undefined;
  const percent = (100 * generator.stalled) / generator.intervals;
  return `the load generator itself was stalled for ${percent.toFixed(0)} % of the time over the whole load`;
}

/** Returns the doubt about a threshold. Dropped arrivals count as stalls, except for dropped_iterations, which measures them. */
function doubtFor(threshold: Threshold, facts: Facts): string | undefined {
  const stall = isUntouchedByStalls(threshold, facts) ? undefined : stallOfLoad(facts);
  const busy = isLatency(threshold) ? busyOfLoad(facts) : undefined;
  const whole = wholeOf(facts);
  return stall ?? busy ?? (whole === undefined ? undefined : unreportedOf(whole, facts));
}
