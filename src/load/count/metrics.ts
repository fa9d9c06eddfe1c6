/**
 * What a worker counts, as series that are emptied into an interval each second. A series is a metric's canonical text with
 * a histogram or a plain sum. The number of series is bounded: a script that puts an id into each request's name would
 * otherwise fill memory, and no person could read the table.
 */
import { formatMetric } from "../../interval/metric.ts";
import type { MetricDelta } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";

export const SERIES_MAX = 2_000;
const OTHER = "(other)";
/** Of the engine: these are few, and what is beyond the bound is still counted as theirs. */
export const OWN_METRIC =
  /^(http_req_|http_reqs$|ws_|call_|checks$|data_|iterations?(_|$)|dropped_iterations$|group_duration$|script_errors$|logins_repeated$)/;

/** Count, failed and a histogram of one series in this interval. */
export class Series {
  readonly metric: string;
  readonly #histogram: Histogram | null;
  readonly #kind: MetricDelta["kind"];
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

  /** Whether it counts in that way: one name cannot be two kinds of metric. */
  counts(withHistogram: boolean, kind: MetricDelta["kind"]): boolean {
    return (this.#histogram !== null) === withHistogram && this.#kind === kind;
  }

  /** For sums whose extremes nobody asks for. */
  add(value: number): void {
    this.count++;
    this.sum += value;
  }

  /** What was counted since the last call; null when nothing was. */
  take(): MetricDelta | null {
    if (this.count === 0) return null;
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

/** Series of one request name: answers that count as success, and those that do not. */
export class RequestSeries {
  readonly passed: Series;
  /** Open models only, where the time from the send differs from the time since the call was due. */
  readonly service: Series | null;
  readonly #registry: MetricRegistry;
  readonly #tags: Readonly<Record<string, string>>;
  /** By kind: "timeout", "http-503". */
  #failures: Map<string, Series> | null = null;

  constructor(registry: MetricRegistry, tags: Readonly<Record<string, string>>, open: boolean) {
    this.#registry = registry;
    this.#tags = tags;
    this.passed = registry.series("http_req_duration", tags, true);
    this.service = open ? registry.series("http_req_service", tags, true) : null;
  }

  failure(error: string): Series {
    this.#failures ??= new Map();
    let series = this.#failures.get(error);
    if (series === undefined) {
      const tags = { ...this.#tags, error, expected_response: "false" };
      series = this.#registry.series("http_req_duration", tags, true);
      this.#failures.set(error, series);
    }
    return series;
  }
}

export class MetricRegistry {
  readonly #series = new Map<string, Series>();
  readonly #onFull: (metric: string) => void;

  /** `onFull` is told once, when the bound on series is hit. */
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
      // A script's own metric has no name but its own to be counted under.
      if (!OWN_METRIC.test(name)) return new Series(OTHER, withHistogram, kind);
      return this.series(name, { name: OTHER }, withHistogram, kind);
    }
    const series = new Series(metric, withHistogram, kind);
    this.#series.set(metric, series);
    return series;
  }

  /** All that was counted since the last call. */
  take(): MetricDelta[] {
    const deltas: MetricDelta[] = [];
    for (const series of this.#series.values()) {
      const delta = series.take();
      if (delta !== null) deltas.push(delta);
    }
    return deltas;
  }
}

/** Where the time of requests went, and bytes received; one of these for each scenario or group. */
export class Phases {
  readonly #connecting: Series;
  readonly #handshaking: Series;
  readonly #waiting: Series;
  readonly #receiving: Series;
  readonly #received: Series;

  constructor(registry: MetricRegistry, tags: Readonly<Record<string, string>>) {
    this.#connecting = registry.series("http_req_connecting", tags, true);
    this.#handshaking = registry.series("http_req_tls_handshaking", tags, true);
    this.#waiting = registry.series("http_req_waiting", tags, true);
    this.#receiving = registry.series("http_req_receiving", tags, true);
    this.#received = registry.series("data_received", tags, false, "counter");
  }

  /** `tlsMs` -1: plain. */
  opened(connectMs: number, tlsMs: number): void {
    this.#connecting.record(connectMs);
    if (tlsMs >= 0) this.#handshaking.record(tlsMs);
  }

  /** `receivingMs` 0: the answer came in one piece, which has no length in time. */
  answered(waitingMs: number, receivingMs: number, bytes: number): void {
    this.#waiting.record(waitingMs);
    if (receivingMs > 0) this.#receiving.record(receivingMs);
    this.#received.add(bytes);
  }
}

/** The place where a user's calls are counted: a scenario, or a group within one. Users of a scenario share it. */
export class Scope {
  readonly tags: Readonly<Record<string, string>>;
  readonly registry: MetricRegistry;
  readonly phases: Phases;
  readonly #open: boolean;
  readonly #byName = new Map<string, RequestSeries>();
  readonly #byMethod = new Map<string, Map<string, RequestSeries>>();
  readonly #custom = new Map<string, Series>();
  readonly #checks = new Map<string, Series>();
  readonly #groups = new Map<string, Scope>();

  constructor(registry: MetricRegistry, tags: Readonly<Record<string, string>>, open: boolean) {
    this.registry = registry;
    this.tags = tags;
    this.phases = new Phases(registry, tags);
    this.#open = open;
  }

  named(name: string, tags: Readonly<Record<string, string>> | undefined): RequestSeries {
    const key = tags === undefined ? name : formatMetric(name, tags);
    let series = this.#byName.get(key);
    if (series === undefined) {
      series = new RequestSeries(this.registry, { ...this.tags, ...tags, name }, this.#open);
      bounded(this.#byName).set(key, series);
    }
    return series;
  }

  /** Requests without a name count as "METHOD path", without the query. */
  unnamed(method: string, path: string, tags: Readonly<Record<string, string>> | undefined): RequestSeries {
    if (tags !== undefined) return this.named(`${method} ${withoutQuery(path)}`, tags);
    let paths = this.#byMethod.get(method);
    if (paths === undefined) {
      paths = new Map();
      this.#byMethod.set(method, paths);
    }
    let series = paths.get(path);
    if (series === undefined) {
      series = this.named(`${method} ${withoutQuery(path)}`, undefined);
      bounded(paths).set(path, series);
    }
    return series;
  }

  check(name: string): Series {
    let series = this.#checks.get(name);
    if (series === undefined) {
      series = this.registry.series("checks", { ...this.tags, name }, false);
      bounded(this.#checks).set(name, series);
    }
    return series;
  }

  custom(metric: string, name: string, withHistogram: boolean, kind?: MetricDelta["kind"]): Series {
    const key = `${metric}\n${name}`;
    let series = this.#custom.get(key);
    if (series === undefined) {
      series = this.registry.series(metric, name === "" ? this.tags : { ...this.tags, name }, withHistogram, kind);
      bounded(this.#custom).set(key, series);
    }
    return series;
  }

  group(name: string): Scope {
    let scope = this.#groups.get(name);
    if (scope === undefined) {
      const outer = this.tags["group"];
      scope = new Scope(
        this.registry,
        { ...this.tags, group: outer === undefined ? name : `${outer}::${name}` },
        this.#open,
      );
      bounded(this.#groups).set(name, scope);
    }
    return scope;
  }
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** These maps are caches: one that grew beyond all sense is begun anew. */
function bounded<K, V>(map: Map<K, V>): Map<K, V> {
  if (map.size >= SERIES_MAX * 2) map.clear();
  return map;
}
