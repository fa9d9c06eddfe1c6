/** Everything that workers counted, added up by series. It is a fold over intervals, so it can be recomputed from their file. */

import type { Interval, MetricDelta } from "../interval.ts";
import { Histogram } from "../std/histogram.ts";
import { type Metric, matchesMetric, parseMetric } from "./metric.ts";

export interface Total {
  readonly metric: Metric;
  count: number;
  failed: number;
  sum: number;
  min: number;
  max: number;
  /** null for plain sums (counters, gauges, checks, rates). */
  histogram: Histogram | null;
  /** The kind of a plain sum; absent when the sum is the number of samples that held. */
  readonly kind?: "counter" | "gauge";
  /** Mean of the last interval that had samples, which is the value of a gauge. */
  last: number;
}

export class Totals {
  readonly #wants: (metric: Metric) => boolean;
  /** By canonical metric; null for a series that is not wanted. */
  readonly #series = new Map<string, Total | null>();
  dropped = 0;
  fromMs = Number.POSITIVE_INFINITY;
  toMs = 0;
  usersMax = 0;
  readonly #users = new Map<string, number>();
  #usersNow = 0;

  /** Keeps only the series for which `wants` returns true; all by default. */
  constructor(wants: (metric: Metric) => boolean = () => true) {
    this.#wants = wants;
  }

  add(interval: Interval): void {
    this.fromMs = Math.min(this.fromMs, interval.fromMs);
    this.toMs = Math.max(this.toMs, interval.toMs);
    this.dropped += interval.dropped;
    this.#usersNow += interval.users - (this.#users.get(interval.worker) ?? 0);
    this.#users.set(interval.worker, interval.users);
    this.usersMax = Math.max(this.usersMax, this.#usersNow);
    for (const delta of interval.metrics) this.#addDelta(delta);
  }

  get seconds(): number {
    return Math.max(0, this.toMs - this.fromMs) / 1000;
  }

  /** Returns all series with that name and at least those tags, each separately. */
  series(wanted: Metric): Total[] {
    return this.#kept().filter((total) => matchesMetric(total.metric, wanted));
  }

  /** Returns all series with that name and at least those tags, merged; null when there is none. */
  find(wanted: Metric): Total | null {
    let merged: Total | null = null;
    for (const total of this.series(wanted)) {
      merged ??= emptyTotal(wanted, total.histogram !== null, total.kind);
      mergeInto(merged, total);
    }
    return merged;
  }

  /** Returns the merged series of one metric by the value of a tag, in order of first appearance. */
  by(name: string, tag: string): Map<string, Total> {
    const groups = new Map<string, Total>();
    for (const total of this.#kept()) {
      const value = total.metric.tags[tag];
      if (total.metric.name !== name || value === undefined) continue;
      let group = groups.get(value);
      if (group === undefined) {
        group = emptyTotal({ name, tags: { [tag]: value } }, total.histogram !== null, total.kind);
        groups.set(value, group);
      }
      mergeInto(group, total);
    }
    return groups;
  }

  names(): string[] {
    return [...new Set(this.#kept().map((total) => total.metric.name))];
  }

  #kept(): Total[] {
    return [...this.#series.values()].filter((total) => total !== null);
  }

  #seriesOf(delta: MetricDelta): Total | null {
    const known = this.#series.get(delta.metric);
    if (known !== undefined) return known;
    const metric = parseMetric(delta.metric) ?? { name: delta.metric, tags: {} };
    const fresh = this.#wants(metric) ? emptyTotal(metric, delta.buckets !== undefined, delta.kind) : null;
    this.#series.set(delta.metric, fresh);
    return fresh;
  }

  #addDelta(delta: MetricDelta): void {
    const total = this.#seriesOf(delta);
    if (total === null) return;
    total.count += delta.count;
    total.failed += delta.failed;
    total.sum += delta.sum;
    total.min = Math.min(total.min, delta.min);
    total.max = Math.max(total.max, delta.max);
    total.last = delta.sum / Math.max(1, delta.count);
    if (delta.buckets !== undefined) total.histogram?.merge({ ...delta, buckets: delta.buckets });
  }
}

function emptyTotal(metric: Metric, withHistogram: boolean, kind?: "counter" | "gauge"): Total {
  return {
    metric,
    ...(kind === undefined ? {} : { kind }),
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
