/** The scopes in which users' calls are counted: a scenario, or a group within one. */
import { formatMetric } from "../../interval/metric.ts";
import type { MetricDelta } from "../../interval.ts";
import { type MetricRegistry, RequestSeries, SERIES_MAX, type Series } from "./metrics.ts";

const NO_EXTRA: ReadonlySet<string> = new Set();
type CallTags = Readonly<Record<string, string>> | undefined;

/** The phases of requests by the time that each took, and the bytes received; one object for each scenario or group. */
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

  /** Records a new connection. `tlsMs` is -1 for a connection without TLS. */
  opened(connectMs: number, tlsMs: number): void {
    this.#connecting.record(connectMs);
    if (tlsMs >= 0) this.#handshaking.record(tlsMs);
  }

  /** Records an answer. `receivingMs` is 0 when the answer arrived in one piece, which has no duration. */
  answered(waitingMs: number, receivingMs: number, bytes: number): void {
    this.#waiting.record(waitingMs);
    if (receivingMs > 0) this.#receiving.record(receivingMs);
    this.#received.add(bytes);
  }
}

/** The scope in which a user's calls are counted: a scenario, or a group within one. All users of a scenario share it. */
export class Scope {
  readonly tags: Readonly<Record<string, string>>;
  readonly registry: MetricRegistry;
  readonly phases: Phases;
  readonly #open: boolean;
  readonly #extra: ReadonlySet<string>;
  /** True when requests are also counted by their status. */
  readonly byStatus: boolean;
  readonly #byName = new Map<string, RequestSeries>();
  readonly #byMethod = new Map<string, Map<string, RequestSeries>>();
  /** The series of the last request without a name, because users often repeat one request. */
  readonly #last: { method: string; path: string; series: RequestSeries | null } = {
    method: "",
    path: "",
    series: null,
  };
  readonly #custom = new Map<string, Series>();
  readonly #checks = new Map<string, Series>();
  readonly #groups = new Map<string, Scope>();

  /** `extra` holds those of "status", "method" and "url" that thresholds refer to; each multiplies the number of series. */
  constructor(
    registry: MetricRegistry,
    tags: Readonly<Record<string, string>>,
    open: boolean,
    extra: ReadonlySet<string> = NO_EXTRA,
  ) {
    this.registry = registry;
    this.tags = tags;
    this.phases = new Phases(registry, tags);
    this.#open = open;
    this.#extra = extra;
    this.byStatus = extra.has("status");
  }

  /** Returns the tags of a call besides its name; the call's own tags take precedence. */
  tagsOf(own: CallTags, method: string, origin: string, path: string): CallTags {
    if (this.#extra.size === 0) return own;
    const extra = {
      ...(this.#extra.has("method") ? { method } : {}),
      ...(this.#extra.has("url") ? { url: origin + path } : {}),
    };
    return Object.keys(extra).length === 0 ? own : { ...extra, ...own };
  }

  /** Declares the counters that a script may count, so that they are reported even when they stay at 0. */
  declare(counters: readonly string[]): void {
    for (const name of counters) this.custom(name, "", false, "counter").declare();
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

  /** Returns the series of a request without a name, which is counted as "METHOD path", without the query. */
  unnamed(method: string, path: string, tags: Readonly<Record<string, string>> | undefined): RequestSeries {
    if (tags !== undefined) return this.named(`${method} ${withoutQuery(path)}`, tags);
    const last = this.#last;
    if (last.series !== null && last.path === path && last.method === method) return last.series;
    last.method = method;
    last.path = path;
    last.series = this.#unnamed(method, path);
    return last.series;
  }

  #unnamed(method: string, path: string): RequestSeries {
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
        this.#extra,
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

/** Clears a map that has grown too large, and returns it. These maps are only caches. */
function bounded<K, V>(map: Map<K, V>): Map<K, V> {
  if (map.size >= SERIES_MAX * 2) map.clear();
  return map;
}
