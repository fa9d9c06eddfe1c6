/** What the load did in the last seconds, under k6's names and with k6's statistics. */
import { parseMetric } from "../../interval/metric.ts";
import type { Interval } from "../../interval.ts";
import { Histogram, type HistogramDelta } from "../../std/histogram.ts";
import type { MetricLabels, MetricSample } from "../metric.ts";
import { OTHER } from "./requests.ts";
import { K6_STATISTICS } from "./table.ts";

const WINDOW_MS = 10_000;
/** Each name has a series for every statistic, so that fewer names fit than elsewhere. */
const NAMES_MAX = 50;
/** The trends whose engine counts them under the same name. */
const TRENDS = [
  "http_req_connecting",
  "http_req_tls_handshaking",
  "http_req_waiting",
  "http_req_receiving",
  "iteration_duration",
] as const;

interface Requests {
  readonly durations: Histogram;
  failed: number;
}

export class RecentLoad {
  #intervals: Interval[] = [];

  add(interval: Interval): void {
    this.#intervals.push(interval);
    const newestMs = interval.toMs;
    if (this.#intervals[0] !== undefined && this.#intervals[0].toMs <= newestMs - 2 * WINDOW_MS)
      this.#intervals = this.#intervals.filter(({ toMs }) => toMs > newestMs - WINDOW_MS);
  }

  samples(): MetricSample[] {
    const newestMs = Math.max(0, ...this.#intervals.map(({ toMs }) => toMs));
    const recent = this.#intervals.filter(({ toMs }) => toMs > newestMs - WINDOW_MS);
    const trends = new Map<string, Histogram>(TRENDS.map((name) => [name, new Histogram()]));
    const requests = new Map<string, Requests>();
    let [checks, checksFailed] = [0, 0];
    for (const { metric: text, count, failed, ...delta } of recent.flatMap(({ metrics }) => metrics)) {
      const metric = parseMetric(text);
      if (metric?.name === "checks") [checks, checksFailed] = [checks + count, checksFailed + failed];
      if (metric === undefined || delta.buckets === undefined) continue;
      const histogram = { ...delta, count, buckets: delta.buckets };
      trends.get(metric.name)?.merge(histogram);
      if (metric.name === "http_req_duration") addRequests(requests, metric.tags, histogram, failed);
    }
    return [
      ...[...requests].flatMap(([name, of]) => [
        ...trend("http_req_duration", { name }, of.durations),
        { name: "k6_http_req_failed_rate", labels: { name }, value: of.failed / of.durations.count },
      ]),
      ...[...trends].flatMap(([name, histogram]) => trend(name, {}, histogram)),
      ...K6_STATISTICS.flatMap((statistic) => [
        { name: `k6_http_req_blocked_${statistic}`, labels: {}, value: 0 },
        { name: `k6_http_req_sending_${statistic}`, labels: {}, value: Number.NaN },
      ]),
      { name: "k6_checks_rate", labels: {}, value: checks === 0 ? Number.NaN : 1 - checksFailed / checks },
    ];
  }
}

function addRequests(into: Map<string, Requests>, tags: MetricLabels, delta: HistogramDelta, failed: number): void {
  const given = tags["name"] ?? "";
  const name = into.has(given) || into.size < NAMES_MAX ? given : OTHER;
  const known = into.get(name) ?? { durations: new Histogram(), failed: 0 };
  into.set(name, known);
  known.durations.merge(delta);
  known.failed += tags["expected_response"] === "false" ? delta.count : failed;
}

/** Returns the statistics of a trend in seconds; NaN where there is nothing to measure, which Prometheus shows as a gap. */
function trend(name: string, labels: MetricLabels, histogram: Histogram): MetricSample[] {
  const { count, sum, min, max } = histogram;
  const at = (q: number) => histogram.quantile(q) ?? Number.NaN;
  const nothing = count === 0;
  const values: Record<(typeof K6_STATISTICS)[number], number> = {
    min: nothing ? Number.NaN : min,
    med: at(0.5),
    avg: nothing ? Number.NaN : sum / count,
    max: nothing ? Number.NaN : max,
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
  };
  return K6_STATISTICS.map((statistic) => ({
    name: `k6_${name}_${statistic}`,
    labels,
    value: values[statistic] / 1_000,
  }));
}
