/** Everything that workers counted, added up by series; a fold over intervals, so it can be made again from their file. */
import { type Metric, matchesMetric, parseMetric } from "../interval/metric.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import { Histogram } from "../std/histogram.ts";

export interface Total {
  readonly metric: Metric;
  count: number;
  failed: number;
  sum: number;
  min: number;
  max: number;
  /** null for plain sums (counters, checks, rates). */
  histogram: Histogram | null;
  /** Mean of the last interval that had samples; what a gauge shows. */
  last: number;
}

export class Totals {
  readonly #series = new Map<string, Total>();
  dropped = 0;
  fromMs = Number.POSITIVE_INFINITY;
  toMs = 0;
  usersMax = 0;
  readonly #users = new Map<string, number>();

  add(interval: Interval): void {
    this.fromMs = Math.min(this.fromMs, interval.fromMs);
    this.toMs = Math.max(this.toMs, interval.toMs);
    this.dropped += interval.dropped;
    this.#users.set(interval.worker, interval.users);
    this.usersMax = Math.max(
      this.usersMax,
      [...this.#users.values()].reduce((sum, users) => sum + users, 0),
    );
    for (const delta of interval.metrics) this.#addDelta(delta);
  }

  get seconds(): number {
    return Math.max(0, this.toMs - this.fromMs) / 1000;
  }

  /** All series with that name and at least those tags, merged; null when there is none. */
  find(wanted: Metric): Total | null {
    let merged: Total | null = null;
    for (const total of this.#series.values()) {
      if (!matchesMetric(total.metric, wanted)) continue;
      merged ??= emptyTotal(wanted, total.histogram !== null);
      mergeInto(merged, total);
    }
    return merged;
  }

  /** Merged series of one metric by the value of a tag, in order of first appearance. */
  by(name: string, tag: string): Map<string, Total> {
    const groups = new Map<string, Total>();
    for (const total of this.#series.values()) {
      const value = total.metric.tags[tag];
      if (total.metric.name !== name || value === undefined) continue;
      let group = groups.get(value);
      if (group === undefined) {
        group = emptyTotal({ name, tags: { [tag]: value } }, total.histogram !== null);
        groups.set(value, group);
      }
      mergeInto(group, total);
    }
    return groups;
  }

  names(): string[] {
    return [...new Set([...this.#series.values()].map((total) => total.metric.name))];
  }

  #addDelta(delta: MetricDelta): void {
    let total = this.#series.get(delta.metric);
    if (total === undefined) {
      const metric = parseMetric(delta.metric) ?? { name: delta.metric, tags: {} };
      total = emptyTotal(metric, delta.buckets !== undefined);
      this.#series.set(delta.metric, total);
    }
    total.count += delta.count;
    total.failed += delta.failed;
    total.sum += delta.sum;
    total.min = Math.min(total.min, delta.min);
    total.max = Math.max(total.max, delta.max);
    total.last = delta.sum / Math.max(1, delta.count);
    if (delta.buckets !== undefined) total.histogram?.merge({ ...delta, buckets: delta.buckets });
  }
}

function emptyTotal(metric: Metric, withHistogram: boolean): Total {
  return {
    metric,
    count: 0,
    failed: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    histogram: withHistogram ? new Histogram() : null,
    last: 0,
  };
}

function mergeInto(into: Total, from: Total): void {
  into.count += from.count;
  into.failed += from.failed;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.last = from.last;
  if (from.histogram !== null) into.histogram?.merge(from.histogram.snapshot());
}
