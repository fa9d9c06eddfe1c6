/** The state of the load now, folded from intervals as they arrive. It is for people who watch, never for a verdict. */
import type { Interval } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";

export interface LiveLoad {
  readonly users: number;
  readonly usersIntended: number;
  readonly workers: number;
  /** Rate over the last three seconds. */
  readonly requestsPerSecond: number;
  /** 95th percentile over the last ten seconds; null when there was no request. */
  readonly p95Ms: number | null;
  /** The failed fraction of the requests of the last ten seconds; 0 when there was none. */
  readonly failedFraction: number;
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
}

const WINDOW_MS = 10_000;
const RATE_MS = 3_000;
const REQUESTS = /^http_req_duration(\{|$)/;

export class LiveView {
  /** The last ten seconds of each worker, oldest first. They are kept by worker, as 1,000 workers report every millisecond. */
  readonly #recent = new Map<string, Interval[]>();
  readonly #latest = new Map<string, Interval>();
  #newestMs = 0;
  #requests = 0;
  #failed = 0;
  #dropped = 0;

  add(interval: Interval): void {
    this.#latest.set(interval.worker, interval);
    this.#newestMs = Math.max(this.#newestMs, interval.toMs);
    this.#remember(interval);
    this.#dropped += interval.dropped;
    for (const { metric, count, failed } of interval.metrics) {
      if (!REQUESTS.test(metric)) continue;
      this.#requests += count;
      this.#failed += failed;
    }
  }

  /** Removes a lost worker's users from the view. What it did lately still counts. */
  forget(worker: string): void {
    this.#latest.delete(worker);
  }

  now(): LiveLoad {
    const latest = [...this.#latest.values()];
    const total = totals(this.#within());
    return {
      users: latest.reduce((sum, interval) => sum + interval.users, 0),
      usersIntended: latest.reduce((sum, interval) => sum + interval.usersIntended, 0),
      workers: latest.length,
      requestsPerSecond: this.#rate(),
      p95Ms: total.histogram.quantile(0.95),
      failedFraction: total.count === 0 ? 0 : total.failed / total.count,
      requests: this.#requests,
      failed: this.#failed,
      dropped: this.#dropped,
    };
  }

  #remember(interval: Interval): void {
    const recent = this.#recent.get(interval.worker) ?? [];
    while (recent[0] !== undefined && recent[0].toMs <= interval.toMs - WINDOW_MS) recent.shift();
    recent.push(interval);
    this.#recent.set(interval.worker, recent);
  }

  #within(): Interval[] {
    const fromMs = this.#newestMs - WINDOW_MS;
    return [...this.#recent.values()].flat().filter(({ toMs }) => toMs > fromMs);
  }

  /** Adds up each worker's rate over its own last seconds, because the workers' intervals do not end together. */
  #rate(): number {
    let rate = 0;
    for (const [worker, latest] of this.#latest) {
      const own = (this.#recent.get(worker) ?? []).filter(({ toMs }) => toMs > latest.toMs - RATE_MS);
      const spanMs = own.reduce((sum, interval) => sum + interval.toMs - interval.fromMs, 0);
      if (spanMs > 0) rate += (totals(own).count * 1000) / spanMs;
    }
    return rate;
  }
}

function totals(intervals: readonly Interval[]): { count: number; failed: number; histogram: Histogram } {
  const histogram = new Histogram();
  let failed = 0;
  for (const interval of intervals) {
    for (const delta of interval.metrics) {
      if (!REQUESTS.test(delta.metric)) continue;
      failed += delta.failed;
      histogram.merge({ ...delta, buckets: delta.buckets ?? [] });
    }
  }
  return { count: histogram.count, failed, histogram };
}
