/** Groups what failed by its error and by the name of the request, and counts how much of it was during each experiment. */
import type { Metric } from "../../interval/metric.ts";
import type { Interval, MetricDelta } from "../../interval.ts";
import { DURATION_METRIC } from "../../objective/load-fold.ts";
import type { Window } from "../../objective/windows.ts";
import { contains, type Span } from "../../outage/span.ts";

/** The most kinds that are kept apart; what is beyond them is counted under one name. */
const KINDS_MAX = 500;
const OTHERS = "(other names)";
/** The most characters of an example; the rest of a long answer says little. */
const EXAMPLE_MAX = 200;

export interface FailureKind {
  readonly error: string;
  readonly name: string;
  count: number;
  firstMs: number;
  lastMs: number;
  /** How many of them were during each experiment; faults that are injected together share them. */
  readonly during: Map<string, number>;
  /** How many of them were during none. */
  outside: number;
  /** One of them, as a worker recorded it; null if none was. */
  example: string | null;
}

/** What users' own requests felt of one experiment; calls that are not requests are left out. */
export interface OwnRequests {
  readonly experiment: string;
  requests: number;
  failed: number;
  /** The begin of the first interval and the end of the last one in which a request failed; null if none did. */
  firstFailedMs: number | null;
  lastFailedMs: number | null;
}

export class FailureFold {
  readonly #kinds = new Map<string, FailureKind>();
  readonly #spans: readonly { readonly experiment: string; readonly span: Span }[];
  readonly #own = new Map<string, OwnRequests>();

  /** A window of an experiment ends for this purpose where the next experiment is commanded, so that nothing counts twice. */
  constructor(windows: readonly Window[]) {
    const during = windows.filter(({ key }) => key.startsWith(DURING));
    this.#spans = during.flatMap(({ key, spans }) => {
      const [span] = spans;
      if (span === undefined) return [];
      const starts = during
        .flatMap((other) => other.spans.map(({ fromMs }) => fromMs))
        .filter((ms) => ms > span.fromMs);
      return [{ experiment: key.slice(DURING.length), span: { ...span, toMs: Math.min(span.toMs, ...starts) } }];
    });
    for (const { experiment } of this.#spans)
      this.#own.set(experiment, { experiment, requests: 0, failed: 0, firstFailedMs: null, lastFailedMs: null });
  }

  add(metric: Metric, delta: MetricDelta, { fromMs, toMs }: Interval): void {
    const failed = metric.tags["expected_response"] === "false" ? delta.count : delta.failed;
    const middleMs = (fromMs + toMs) / 2;
    const concerned = this.#spans.filter(({ span }) => contains(span, middleMs));
    if (metric.name === DURATION_METRIC)
      for (const { experiment, span } of concerned) {
        // Nothing failed of a fault before its command: the interval only began before it.
        const own = { fromMs: Math.max(fromMs, span.fromMs), toMs };
        addOwn(this.#own.get(experiment), delta.count, failed, own);
      }
    if (failed <= 0) return;
    const kind = this.#kind(metric.tags["error"] ?? "failed", metric.tags["name"] ?? metric.name);
    kind.count += failed;
    kind.firstMs = Math.min(kind.firstMs, fromMs);
    kind.lastMs = Math.max(kind.lastMs, toMs);
    for (const { experiment } of concerned) kind.during.set(experiment, (kind.during.get(experiment) ?? 0) + failed);
    if (concerned.length === 0) kind.outside += failed;
  }

  /** Keeps the first example of each kind that is known. */
  exemplify({ examples = [] }: Interval): void {
    for (const { name, error, method, url, status, says } of examples) {
      const kind = this.#kinds.get(key({ error, name }));
      if (kind === undefined || kind.example !== null) continue;
      kind.example = `${method} ${url}: ${status === 0 ? "" : `${status} `}${says}`.trimEnd().slice(0, EXAMPLE_MAX);
    }
  }

  /** Returns what users' own requests felt of each experiment, in their order. */
  own(): OwnRequests[] {
    return [...this.#own.values()];
  }

  /** Returns the kinds, the most frequent first. */
  kinds(): FailureKind[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count || (key(a) < key(b) ? -1 : 1));
  }

  #kind(error: string, given: string): FailureKind {
    const name = this.#kinds.size >= KINDS_MAX && !this.#kinds.has(key({ error, name: given })) ? OTHERS : given;
    const id = key({ error: name === OTHERS ? "(other errors)" : error, name });
    const known = this.#kinds.get(id);
    if (known !== undefined) return known;
    const fresh: FailureKind = {
      error: name === OTHERS ? "(other errors)" : error,
      name,
      count: 0,
      firstMs: Number.POSITIVE_INFINITY,
      lastMs: 0,
      during: new Map(),
      outside: 0,
      example: null,
    };
    this.#kinds.set(id, fresh);
    return fresh;
  }
}

const DURING = "during:";

function key({ error, name }: { readonly error: string; readonly name: string }): string {
  return `${error}\n${name}`;
}

function addOwn(own: OwnRequests | undefined, requests: number, failed: number, { fromMs, toMs }: Span): void {
  if (own === undefined) return;
  own.requests += requests;
  if (failed <= 0) return;
  own.failed += failed;
  own.firstFailedMs = Math.min(own.firstFailedMs ?? fromMs, fromMs);
  own.lastFailedMs = Math.max(own.lastFailedMs ?? toMs, toMs);
}
