/**
 * Folds thresholds over the intervals of a load. The same fold decides during the run whether a threshold ends it, and
 * afterwards, from the evidence, the result of each threshold. It evaluates them once for every second of the load, in the order
 * of the intervals, so that judging again finds the same moment.
 */
import { matchesMetric } from "../interval/metric.ts";
import { Totals } from "../interval/totals.ts";
import type { Interval } from "../interval.ts";
import type { Range } from "../range.ts";
import { isStalled } from "./generator.ts";
import { judgeThresholds, type Threshold, type ThresholdResult } from "./threshold.ts";
import { sourceOf } from "./threshold-measure.ts";
import { witnessesOf } from "./threshold-none.ts";
import { shareOf } from "./threshold-share.ts";

/** The failure of a threshold that ended the load. */
export interface Crossing {
  readonly result: ThresholdResult;
  /** The time on the run's clock. */
  readonly atMs: number;
}

const LOOK_EVERY_MS = 1_000;

export class ThresholdFold {
  readonly thresholds: readonly Threshold[];
  readonly totals: Totals;
  /** The totals of only those intervals in which the generator was not stalled. */
  readonly #steady: Totals;
  readonly #aborting: readonly Threshold[];
  #looks = 0;
  #crossing: Crossing | null = null;

  /** `totals` may be shared with others that need all series; by default, only the series of the thresholds are kept. */
  constructor(thresholds: readonly Threshold[], totals: Totals = wantedOnly(thresholds)) {
    this.thresholds = thresholds;
    this.totals = totals;
    this.#steady = wantedOnly(thresholds);
    this.#aborting = thresholds.filter(({ abortAfterMs }) => abortAfterMs !== null);
  }

  /** Adds an interval. Each interval must be added only once. */
  add(interval: Interval): void {
    this.totals.add(interval);
    if (!isStalled(interval)) this.#steady.add(interval);
    const looks = Math.floor((this.totals.toMs - this.totals.fromMs) / LOOK_EVERY_MS);
    if (looks === this.#looks || this.#aborting.length === 0) return;
    this.#looks = looks;
    this.#crossing ??= this.#look(interval.toMs);
  }

  /** Returns the first failure of a threshold with `abort`, or null if there was none. */
  get crossing(): Crossing | null {
    return this.#crossing;
  }

  /** Returns the results. A threshold that ended the load has failed, even if later answers would have changed that. */
  results(): ThresholdResult[] {
    const ended = this.#crossing?.result;
    return judgeThresholds(this.thresholds, this.totals).map((result) =>
      ended !== undefined && result.threshold === ended.threshold ? ended : result,
    );
  }

  /**
   * Returns a share as an interval that covers all possible outcomes of the seconds in which the generator was stalled, and also
   * those of calls that hung, which may have widened `range`. Returns null if the threshold is not over a share.
   */
  shareRange(threshold: Threshold, range: Range): Range | null {
    const all = shareOf(threshold, this.totals);
    if (all === null) return null;
    const certain = shareOf(threshold, this.#steady) ?? { part: 0, count: 0 };
    const width = range.upper - range.lower;
    const hung = width < 1 ? (all.count * width) / (1 - width) : 0;
    const count = all.count + hung;
    return { lower: certain.part / count, upper: (certain.part + all.count - certain.count + hung) / count };
  }

  #look(atMs: number): Crossing | null {
    const sinceMs = this.totals.toMs - this.totals.fromMs;
    const due = this.#aborting.filter(({ abortAfterMs }) => abortAfterMs !== null && sinceMs >= abortAfterMs);
    const failed = judgeThresholds(due, this.totals).find(({ status }) => status === "fail");
    return failed === undefined ? null : { result: failed, atMs };
  }
}

function wantedOnly(thresholds: readonly Threshold[]): Totals {
  const wanted = thresholds
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ name, tags }) => [{ name: sourceOf(name), tags }, ...witnessesOf(name, tags)]);
  return new Totals((metric) => wanted.some((one) => matchesMetric(metric, one)));
}
