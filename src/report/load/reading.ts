/**
 * Reads the load for the report: one pass over the intervals for the rows of the seconds, the requests by name, the failures by
 * error, and the latency of answered requests by window. The rows are folded from the evidence as `seconds.ndjson` is, and not read
 * from it: that file is not sealed, older runs have none, and the same evidence must give the same bytes.
 */
import { type Metric, parseMetric } from "../../interval/metric.ts";
import type { Interval } from "../../interval.ts";
import type { Facts } from "../../objective/facts.ts";
import { DURATION_METRIC, isIn } from "../../objective/load-fold.ts";
import { SecondFold } from "../../second/fold.ts";
import { SECOND_MS, type Second } from "../../second.ts";
import { Histogram } from "../../std/histogram.ts";
import { isSpan } from "../../std/stamp.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { FailureFold } from "./failures.ts";
import { Traffic } from "./traffic.ts";

export interface LoadReading {
  /** The reports of workers that were read. Without any, nothing is known of the load: it is not that nothing failed. */
  readonly reports: number;
  /** In order of time; empty for evidence without intervals, and for a run that is too long to be drawn by the second. */
  readonly seconds: readonly Second[];
  readonly traffic: Traffic;
  readonly failures: FailureFold;
  /** By key of the window. Failed requests are left out, because errors that come at once would make the latency look better. */
  readonly latency: ReadonlyMap<string, Histogram>;
}

/** What a report reads besides the facts of the judgement. */
export interface LoadSource {
  readonly timeline: readonly TimelineEvent[];
  intervals(): Iterable<Interval>;
}

/** Reports may come this late; a worker on another machine may have lost its connection for a while. */
const LATE_MS_MAX = 45_000;
/** Three days. A longer run is drawn without rows, because nobody looks for one second in it. */
const SPAN_MS_MAX = 3 * 24 * 3600 * 1000;

export function readLoad({ timeline, intervals }: LoadSource, facts: Facts): LoadReading {
  const { windows, story } = facts;
  const seconds = story.span.toMs <= SPAN_MS_MAX ? new SecondRows(timeline, story.span.toMs) : null;
  const traffic = new Traffic();
  const failures = new FailureFold(windows);
  const latency = new Map(windows.map(({ key }) => [key, new Histogram()]));
  const metrics = new Metrics();
  const seen = new Sequences();
  let reports = 0;
  for (const interval of intervals()) {
    if (!seen.isNew(interval)) continue;
    reports++;
    seconds?.add(interval);
    traffic.interval(interval);
    const into = windows.filter((window) => isIn(window, interval)).flatMap(({ key }) => latency.get(key) ?? []);
    for (const delta of interval.metrics) {
      const metric = metrics.of(delta.metric);
      if (metric === null || delta.count === 0) continue;
      failures.add(metric, delta, interval);
      if (metric.name !== DURATION_METRIC || metric.tags["expected_response"] === "false") continue;
      const { buckets } = delta;
      if (buckets !== undefined) for (const histogram of into) histogram.merge({ ...delta, buckets });
    }
    failures.exemplify(interval);
  }
  return { reports, seconds: seconds?.rows() ?? [], traffic, failures, latency };
}

class SecondRows {
  readonly #fold = new SecondFold();
  readonly #rows = new Map<number, Second>();
  readonly #endMs: number;
  #clockMs = 0;

  constructor(timeline: readonly TimelineEvent[], endMs: number) {
    this.#endMs = endMs;
    for (const event of timeline) this.#fold.event(event);
  }

  add(interval: Interval): void {
    if (!isSpan(interval.fromMs, interval.toMs)) return;
    this.#clockMs = Math.min(this.#endMs, Math.max(this.#clockMs, interval.toMs));
    this.#take(this.#clockMs - LATE_MS_MAX);
    this.#fold.interval(interval);
  }

  rows(): Second[] {
    this.#take(this.#endMs + SECOND_MS + LATE_MS_MAX);
    return [...this.#rows.values()].filter(({ atMs }) => atMs < this.#endMs).sort((a, b) => a.atMs - b.atMs);
  }

  #take(nowMs: number): void {
    for (const row of this.#fold.take(nowMs)) this.#rows.set(row.atMs, row);
  }
}

/** Leaves out intervals that were sent twice. */
class Sequences {
  readonly #last = new Map<string, number>();

  isNew({ worker, sequence }: Interval): boolean {
    if (sequence <= (this.#last.get(worker) ?? -1)) return false;
    this.#last.set(worker, sequence);
    return true;
  }
}

/** The metrics that count requests and calls, parsed once for each name. */
class Metrics {
  readonly #known = new Map<string, Metric | null>();

  of(text: string): Metric | null {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const metric = parseMetric(text);
    const counted = metric?.name === DURATION_METRIC || metric?.name === "call_duration" ? metric : null;
    this.#known.set(text, counted);
    return counted;
  }
}
