/**
 * What a worker counts, as series that are emptied into an interval each second. A series is a metric's canonical text with a
 * histogram or a plain sum. The number of series is bounded: a script that puts an id into each request's name would otherwise
 * fill the memory, and the table would be too long to read.
 */
import { formatMetric } from "../../interval/metric.ts";
import type { MetricDelta } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";
import { FailureExamples } from "./failure-examples.ts";
import type { RequestLog } from "./request-log.ts";

export const SERIES_MAX = 2_000;
const OTHER = "(other)";
/** The engine's own metrics. They are few, and beyond the bound on series they are still counted, with the name "(other)". */
export const OWN_METRIC =
  /^(http_req_|http_reqs$|ws_|call_|checks$|data_|iterations?(_|$)|dropped_iterations$|group_duration$|script_errors$|logins_repeated$)/;

/** What one series counted in this interval: its count, its failures, and a histogram or a plain sum. */
export class Series {
  readonly metric: string;
  readonly #histogram: Histogram | null;
  readonly #kind: MetricDelta["kind"];
  /** True while the series is still to be reported once although nothing was counted. */
  #declared = false;
  count = 0;
  failed = 0;
  sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(metric: string, withHistogram: boolean, kind?: MetricDelta["kind"]) {
    this.metric = metric;
    this.#kind = kind;
    this.#histogram = withHistogram ? new Histogram() : null;
  }

  record(value: number): void {
    this.count++;
    if (this.#histogram !== null) this.#histogram.record(value);
    else this.#note(value);
  }

  /** Returns whether the series is of that kind, because one name cannot be two kinds of metric. */
  counts(withHistogram: boolean, kind: MetricDelta["kind"]): boolean {
    return (this.#histogram !== null) === withHistogram && this.#kind === kind;
  }

  /** Adds to a plain sum whose minimum and maximum are not needed. */
  add(value: number): void {
    this.count++;
    this.sum += value;
  }

  /** Makes the first delta appear even when it is empty, for a metric that would be counted if it occurred. */
  declare(): void {
    this.#declared = true;
  }

  /** Returns what was counted since the last call; null when nothing was. */
  take(): MetricDelta | null {
    if (this.count === 0 && !this.#declared) return null;
    this.#declared = false;
    const { count, failed, metric } = this;
    const delta = this.#histogram?.snapshot() ?? { count, sum: this.sum, ...this.#extremes() };
    this.#clear();
    return this.#kind === undefined ? { metric, failed, ...delta } : { metric, kind: this.#kind, failed, ...delta };
  }

  #note(value: number): void {
    this.sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  #extremes(): { min: number; max: number } {
    return this.#max < this.#min ? { min: 0, max: 0 } : { min: this.#min, max: this.#max };
  }

  #clear(): void {
    this.count = 0;
    this.failed = 0;
    this.sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    this.#histogram?.reset();
  }
}

/** The series of one request name: for answers that count as a success, and for failures. */
export class RequestSeries {
  readonly passed: Series;
  /** Time from the send, for open models only, where it differs from the time since the call was due. */
  readonly service: Series | null;
  readonly #registry: MetricRegistry;
  readonly tags: Readonly<Record<string, string>>;
  readonly #open: boolean;
  /** By status; used only when thresholds refer to the status. */
  #byStatus: Map<number, RequestSeries> | null = null;
  /** By kind of failure: "timeout", "http-503". */
  #failures: Map<string, Series> | null = null;

  constructor(registry: MetricRegistry, tags: Readonly<Record<string, string>>, open: boolean) {
    this.#registry = registry;
    this.tags = tags;
    this.#open = open;
    this.passed = registry.series("http_req_duration", tags, true);
    this.service = open ? registry.series("http_req_service", tags, true) : null;
  }

  /** How long calls had waited when the end of their user cut them off. They are not failures. */
  get interrupted(): Series {
    return this.#registry.series("http_req_interrupted", this.tags, true);
  }

  /** Returns the same series for answers with that status; status 0 means that there was no answer. */
  withStatus(status: number): RequestSeries {
    this.#byStatus ??= new Map();
    let series = this.#byStatus.get(status);
    if (series === undefined) {
      series = new RequestSeries(this.#registry, { ...this.tags, status: String(status) }, this.#open);
      this.#byStatus.set(status, series);
    }
    return series;
  }

  failure(error: string): Series {
    this.#failures ??= new Map();
    let series = this.#failures.get(error);
    if (series === undefined) {
      const tags = { ...this.tags, error, expected_response: "false" };
      series = this.#registry.series("http_req_duration", tags, true);
      this.#failures.set(error, series);
    }
    return series;
  }
}

export class MetricRegistry {
  /** Reports each request; null unless the load was asked for it. */
  requests: RequestLog | null = null;
  readonly examples = new FailureExamples();
  readonly #series = new Map<string, Series>();
  readonly #onFull: (metric: string) => void;

  /** `onFull` is called with a metric that exceeds the bound on series; it may be called more than once. */
  constructor(onFull: (metric: string) => void) {
    this.#onFull = onFull;
  }

  series(
    name: string,
    tags: Readonly<Record<string, string>>,
    withHistogram: boolean,
    kind?: MetricDelta["kind"],
  ): Series {
    const metric = formatMetric(name, tags);
    const known = this.#series.get(metric);
    if (known !== undefined) return known;
    if (this.#series.size === SERIES_MAX) this.#onFull(metric);
    if (this.#series.size >= SERIES_MAX && tags["name"] !== OTHER) {
      // A script's own metric cannot be merged with others under another name, so it is not reported at all.
      if (!OWN_METRIC.test(name)) return new Series(OTHER, withHistogram, kind);
      return this.series(name, { name: OTHER }, withHistogram, kind);
    }
    const series = new Series(metric, withHistogram, kind);
    this.#series.set(metric, series);
    return series;
  }

  /** Returns everything that was counted since the last call. */
  take(): MetricDelta[] {
    const deltas: MetricDelta[] = [];
    for (const series of this.#series.values()) {
      const delta = series.take();
      if (delta !== null) deltas.push(delta);
    }
    return deltas;
  }
}
