/** Counts what the load did, by name, with a bound on the number of series that a script can cause. */
import { parseMetric } from "../../interval/metric.ts";
import type { Interval, MetricDelta } from "../../interval.ts";
import { countsBetween, type HistogramDelta } from "../../std/histogram.ts";
import type { MetricLabels, MetricSample } from "../metric.ts";

/** The bounds that OpenTelemetry advises for HTTP durations, in seconds. */
export const DURATION_BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const BOUNDS_MS = DURATION_BOUNDS_SECONDS.map((bound) => bound * 1_000);
/** Further names are counted together, so that a script with an id in each URL does not flood the receiver. */
const NAMES_MAX = 60;
export const OTHER = "(other)";

interface Durations {
  readonly labels: MetricLabels;
  readonly counts: number[];
  sumMs: number;
}

export class RequestCounts {
  readonly #names = new Map<string, Set<string>>();
  readonly #counters = new Map<string, { readonly name: string; readonly labels: MetricLabels; value: number }>();
  readonly #durations = new Map<string, Durations>();

  add({ metrics, dropped }: Interval): void {
    this.#count("gameday_dropped_arrivals_total", {}, dropped);
    for (const delta of metrics) this.#delta(delta);
  }

  samples(): MetricSample[] {
    const durations = [...this.#durations.values()].map(({ labels, counts, sumMs }) => ({
      name: "gameday_request_duration_seconds",
      labels,
      bounds: DURATION_BOUNDS_SECONDS,
      counts: [...counts],
      sum: sumMs / 1_000,
    }));
    return [...[...this.#counters.values()].map((counter) => ({ ...counter })), ...durations];
  }

  #delta(delta: MetricDelta): void {
    const metric = parseMetric(delta.metric);
    if (metric === undefined) return;
    const { name, tags } = metric;
    const { count, failed } = delta;
    if (name === "http_req_duration") this.#request(delta, tags);
    else if (name === "call_duration") this.#both("gameday_calls_total", this.#named("call", tags), count, failed);
    else if (name === "checks") this.#both("gameday_checks_total", this.#named("check", tags), count, failed);
    else if (name === "iteration_duration") this.#both("gameday_iterations_total", {}, count, failed);
    else if (name === "data_received") this.#count("gameday_received_bytes_total", {}, delta.sum);
  }

  #request(delta: MetricDelta, tags: MetricLabels): void {
    const isExpected = tags["expected_response"] !== "false";
    const labels = { ...this.#named("request", tags), scenario: tags["scenario"] ?? "" };
    const requests = { ...labels, expected_response: String(isExpected) };
    this.#count("gameday_requests_total", requests, delta.count);
    if (isExpected && delta.buckets !== undefined) this.#duration(labels, delta as HistogramDelta);
  }

  #duration(labels: MetricLabels, delta: HistogramDelta): void {
    const key = JSON.stringify(labels);
    const known = this.#durations.get(key) ?? { labels, counts: BOUNDS_MS.map(() => 0).concat(0), sumMs: 0 };
    this.#durations.set(key, known);
    for (const [at, count] of countsBetween(delta, BOUNDS_MS).entries())
      known.counts[at] = (known.counts[at] ?? 0) + count;
    known.sumMs += delta.sum;
  }

  #both(name: string, labels: MetricLabels, count: number, failed: number): void {
    this.#count(name, { ...labels, result: "ok" }, count - failed);
    this.#count(name, { ...labels, result: "failed" }, failed);
  }

  #count(name: string, labels: MetricLabels, value: number): void {
    const key = `${name}${JSON.stringify(labels)}`;
    const known = this.#counters.get(key) ?? { name, labels, value: 0 };
    this.#counters.set(key, known);
    known.value += value;
  }

  #named(kind: string, tags: MetricLabels): MetricLabels {
    const name = tags["name"] ?? "";
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names);
    if (names.has(name) || names.size < NAMES_MAX) {
      names.add(name);
      return { name };
    }
    return { name: OTHER };
  }
}
