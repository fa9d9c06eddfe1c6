/** Requests by name and failures by name and error, folded from intervals as they arrive. Pure. */
import type { FailureRow, RequestRow } from "../../api/live.ts";
import { type Metric, parseMetric } from "../../interval/metric.ts";
import type { Interval, MetricDelta } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";

const RATE_MS = 3_000;
const NAMES_MAX = 20_000;
const FAILURES_MAX = 2_000;
/** Metrics are told apart by their text; of more than this many, each is parsed again. */
const METRICS_MAX = 100_000;
/** The name under which everything beyond the most names is counted. */
const OTHERS = "(other names)";

interface Row {
  readonly name: string;
  requests: number;
  failed: number;
  readonly latency: Histogram;
  readonly recent: { readonly toMs: number; readonly requests: number; readonly failed: number }[];
}

type Failure = { -readonly [Key in keyof FailureRow]: FailureRow[Key] };

export class Traffic {
  readonly #rows = new Map<string, Row>();
  readonly #failures = new Map<string, Failure>();
  readonly #changed = new Set<Row>();
  readonly #changedFailures = new Set<Failure>();
  readonly #metrics = new Map<string, Metric | null>();
  readonly #sequences = new Map<string, number>();
  readonly #examples: ReadonlyMap<string, string>;
  readonly fromMs: number;
  #newestMs = 0;

  /** Counts only what ended after `fromMs`. `examples` holds one failure by "name error", as it was recorded. */
  constructor(fromMs = 0, examples: ReadonlyMap<string, string> = new Map()) {
    this.fromMs = fromMs;
    this.#examples = examples;
  }

  /** Adds an interval; repeats of an earlier one are ignored. */
  interval(interval: Interval): void {
    const { worker, sequence, toMs } = interval;
    if (sequence <= (this.#sequences.get(worker) ?? -1) || toMs <= this.fromMs) return;
    this.#sequences.set(worker, sequence);
    this.#newestMs = Math.max(this.#newestMs, toMs);
    for (const delta of interval.metrics) this.#add(delta, interval);
  }

  get names(): number {
    return this.#rows.size;
  }

  get failureKinds(): number {
    return this.#failures.size;
  }

  rows(): RequestRow[] {
    return [...this.#rows.values()].map((row) => this.#rowOf(row));
  }

  failures(): FailureRow[] {
    return [...this.#failures.values()].sort((a, b) => b.count - a.count).map((failure) => this.#failureOf(failure));
  }

  /** Returns the figures of all requests together. */
  totals(): Pick<RequestRow, "requests" | "failed" | "p50Ms" | "p95Ms" | "p99Ms"> {
    const latency = new Histogram();
    let [requests, failed] = [0, 0];
    for (const row of this.#rows.values()) {
      requests += row.requests;
      failed += row.failed;
      if (row.latency.count > 0) latency.merge(row.latency.snapshot());
    }
    const at = (quantile: number) => rounded(latency.quantile(quantile));
    return { requests, failed, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  }

  /** Returns the `most` rows with the most requests. */
  top(most: number): RequestRow[] {
    const rows = [...this.#rows.values()].sort((a, b) => b.requests - a.requests || (a.name < b.name ? -1 : 1));
    return rows.slice(0, most).map((row) => this.#rowOf(row));
  }

  /** Returns the rows among the `most` that changed since the last call, and those whose rate has fallen to 0 since. */
  changes(most: number): { readonly requests: RequestRow[]; readonly failures: FailureRow[] } {
    const changed = new Set([...this.#changed]);
    this.#changed.clear();
    for (const row of this.#rows.values()) if (row.recent.length > 0) changed.add(row);
    const names = this.#rows.size <= most ? null : new Set(this.top(most).map(({ name }) => name));
    const requests = [...changed].filter(({ name }) => names?.has(name) !== false).map((row) => this.#rowOf(row));
    const failures = [...this.#changedFailures].slice(0, most).map((failure) => this.#failureOf(failure));
    this.#changedFailures.clear();
    return { requests, failures };
  }

  #add(delta: MetricDelta, interval: Interval): void {
    const metric = this.#metricOf(delta.metric);
    if (metric === null || delta.count === 0) return;
    const row = this.#row(metric.tags["name"] ?? metric.tags["scenario"] ?? metric.name);
    const isFailed = metric.tags["expected_response"] === "false";
    const failed = isFailed ? delta.count : delta.failed;
    row.requests += delta.count;
    row.failed += failed;
    row.recent.push({ toMs: interval.toMs, requests: delta.count, failed });
    this.#forgetOld(row);
    if (!isFailed && delta.buckets !== undefined) row.latency.merge({ ...delta, buckets: delta.buckets });
    this.#changed.add(row);
    if (failed > 0) this.#fail(row.name, metric.tags["error"] ?? "failed", failed, interval);
  }

  #fail(name: string, error: string, count: number, { fromMs, toMs }: Interval): void {
    const key = `${name} ${error}`;
    let failure = this.#failures.get(key);
    if (failure === undefined) {
      if (this.#failures.size >= FAILURES_MAX) return;
      failure = { name, error, count: 0, firstMs: fromMs, lastMs: toMs, example: null };
      this.#failures.set(key, failure);
    }
    failure.count += count;
    failure.firstMs = Math.min(failure.firstMs, fromMs);
    failure.lastMs = Math.max(failure.lastMs, toMs);
    this.#changedFailures.add(failure);
  }

  #row(given: string): Row {
    const name = this.#rows.size >= NAMES_MAX && !this.#rows.has(given) ? OTHERS : given;
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const fresh: Row = { name, requests: 0, failed: 0, latency: new Histogram(), recent: [] };
    this.#rows.set(name, fresh);
    return fresh;
  }

  #forgetOld({ recent }: Row): void {
    while (recent[0] !== undefined && recent[0].toMs <= this.#newestMs - RATE_MS) recent.shift();
  }

  #rowOf(row: Row): RequestRow {
    const { name, requests, failed, latency, recent } = row;
    this.#forgetOld(row);
    const sum = (of: "requests" | "failed") => recent.reduce((total, one) => total + one[of], 0);
    const at = (quantile: number) => rounded(latency.quantile(quantile));
    return {
      name,
      requests,
      failed,
      perSecond: rounded((sum("requests") * 1000) / RATE_MS) ?? 0,
      failedPerSecond: rounded((sum("failed") * 1000) / RATE_MS) ?? 0,
      meanMs: latency.count === 0 ? null : rounded(latency.sum / latency.count),
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      maxMs: latency.count === 0 ? null : rounded(latency.max),
    };
  }

  #failureOf(failure: Failure): FailureRow {
    return { ...failure, example: this.#examples.get(`${failure.name} ${failure.error}`) ?? null };
  }

  #metricOf(text: string): Metric | null {
    const known = this.#metrics.get(text);
    if (known !== undefined) return known;
    const metric = parseMetric(text);
    const counted = metric?.name === "http_req_duration" || metric?.name === "call_duration" ? metric : null;
    if (this.#metrics.size < METRICS_MAX) this.#metrics.set(text, counted);
    return counted;
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
