/**
 * Counts the outcomes of everything that the load does, by name: requests, other calls, checks, and the iterations of each
 * scenario. It finds a name that never once succeeded, which a good average hides. Calls that the generator's machine could not
 * even open prove nothing about the platform and are left out.
 */
import { parseMetric } from "../interval/metric.ts";
import { unopenedIn } from "../interval/unopened.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import { contains, type Span } from "../outage/span.ts";
import { isStalled } from "./generator.ts";

/** The metrics that are counted, with the tag that distinguishes their names. */
const COUNTED: Readonly<Record<string, { readonly tag: string; readonly what: string }>> = {
  http_req_duration: { tag: "name", what: "request" },
  call_duration: { tag: "name", what: "call" },
  checks: { tag: "name", what: "check" },
  iteration_duration: { tag: "scenario", what: "scenario" },
};

export interface Fate {
  /** "request", "call", "check" or "scenario". */
  readonly what: string;
  readonly name: string;
  count: number;
  succeeded: number;
  /** The part of `count` in intervals that lie outside all fault windows and in which the generator was not stalled. */
  outside: number;
  /** The start of the first interval with an attempt and the end of the last one, in milliseconds since the start of the run. */
  firstMs: number;
  lastMs: number;
  /** The value of the tag `error` of the first failure that has this tag. */
  error: string | null;
}

export class Fates {
  readonly #outside: readonly Span[];
  readonly #byKey = new Map<string, Fate>();
  loginsRepeated = 0;
  /** The number of impossible deltas, in which more failed, or held, than were counted. */
  impossible = 0;

  constructor(outside: readonly Span[]) {
    this.#outside = outside;
  }

  /** Adds an interval. Each interval must be added only once. */
  add(interval: Interval): void {
    const { fromMs, toMs } = interval;
    const isOutside = this.#outside.some((span) => contains(span, fromMs) && toMs <= span.toMs);
    const counts = isOutside && !isStalled(interval);
    for (const delta of interval.metrics) this.#delta(delta, interval, counts);
  }

  /** Returns everything that was tried and never once succeeded, in descending order of attempts. */
  neverSucceeded(): Fate[] {
    const found = [...this.#byKey.values()].filter(({ count, succeeded }) => count > 0 && succeeded === 0);
    return found.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  #delta(delta: MetricDelta, { fromMs, toMs }: Interval, isOutside: boolean): void {
    const metric = parseMetric(delta.metric);
    if (metric?.name === "logins_repeated") this.loginsRepeated += delta.sum;
    if (metric !== undefined && isImpossible(delta, metric.name)) this.impossible++;
    const counted = metric === undefined ? undefined : COUNTED[metric.name];
    if (metric === undefined || counted === undefined || delta.count === 0 || unopenedIn([delta]) > 0) return;
    const fate = this.#fate(counted.what, metric.tags[counted.tag] ?? "(no name)", fromMs);
    fate.count += delta.count;
    fate.succeeded += succeededIn(delta, metric.name, metric.tags);
    if (isOutside) fate.outside += delta.count;
    fate.firstMs = Math.min(fate.firstMs, fromMs);
    fate.lastMs = Math.max(fate.lastMs, toMs);
    fate.error ??= metric.tags["error"] ?? null;
  }

  #fate(what: string, name: string, firstMs: number): Fate {
    const key = `${what} ${name}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const fresh: Fate = { what, name, count: 0, succeeded: 0, outside: 0, firstMs, lastMs: 0, error: null };
    this.#byKey.set(key, fresh);
    return fresh;
  }
}

function isImpossible({ count, failed, sum }: MetricDelta, name: string): boolean {
  return failed > count || (name === "checks" && (sum < 0 || sum > count));
}

/** Returns the number of successes: the sum of a check is how often it held, while other metrics count failures. */
function succeededIn(delta: MetricDelta, name: string, tags: Readonly<Record<string, string>>): number {
  if (name === "checks") return delta.sum;
  return tags["expected_response"] === "false" ? 0 : delta.count - delta.failed;
}
