/** Computes stats.json: the statistics of the load by window, by request name and over time, in milliseconds and requests. */
import type { Facts } from "../objective/facts.ts";
import type { FoldedTotal, Slice } from "../objective/load-fold.ts";
import { cycleOf } from "../objective/users.ts";
import type { Window } from "../objective/windows.ts";
import type { Outage } from "../outage.ts";
import type { LoadReading } from "./load/reading.ts";

export interface RequestStats {
  readonly requests: number;
  readonly failed: number;
  readonly successPercent: number | null;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export interface WindowStats extends RequestStats {
  readonly window: string;
  readonly says: string;
  readonly spans: Window["spans"];
  readonly requestsPerSecond: number | null;
}

/** One slice of the run; rates are per second. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly requestsPerSecond: number;
  readonly failedPerSecond: number;
  readonly p95Ms: number | null;
  readonly users: number;
}

/** The load at its full height. The fewest users are counted in whole seconds, over all workers together. */
export interface Plateau {
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
  readonly usersFewest: number;
  /** The number of load workers that reported users; each is a process of its own. */
  readonly workers: number;
  /** The mean time from one request of a user to the next, including think time. */
  readonly cycleSecondsMean: number | null;
}

/** What the probes of one class felt, on both of their connections and over the whole run. */
export interface OutageStats {
  readonly class: string;
  readonly outages: number;
  /** The longest outage, as an interval that surely holds its length; null if there was none. `upperMs` is null if it never ended. */
  readonly longest: { readonly fromMs: number; readonly lowerMs: number; readonly upperMs: number | null } | null;
}

/** Requests from the command of an experiment until it was healed and recovered, or until the next one was commanded. */
export interface ExperimentStats {
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  /** The begin of the first interval and the end of the last one in which a request failed; null if none did. */
  readonly firstFailedMs: number | null;
  readonly lastFailedMs: number | null;
}

export interface Stats {
  readonly version: number;
  /** Null if the load was not at its full height for a whole second. */
  readonly plateau: Plateau | null;
  readonly windows: readonly WindowStats[];
  readonly requests: readonly (RequestStats & { readonly name: string })[];
  /** The requests that were cut off by the end of the load, which no other figure includes; undefined if there are none. */
  readonly interruptedByTheEnd?: number;
  readonly sliceMs: number;
  readonly series: readonly SeriesPoint[];
  readonly replicas: readonly { readonly atMs: number; readonly ready: number; readonly desired: number }[];
  readonly generator: Readonly<Record<string, number>>;
  /** Absent in statistics that an earlier version wrote. */
  readonly outages?: readonly OutageStats[];
  /** What users' own requests felt of each experiment; absent in statistics that an earlier version wrote. */
  readonly experiments?: readonly ExperimentStats[];
}

/** Further names are counted only in the windows, because nobody reads a longer table. */
const NAMES_MAX = 200;

export function statsOf(facts: Facts, { failures }: Pick<LoadReading, "failures">): Stats {
  const { windows, load, story } = facts;
  const { generator } = load;
  return {
    version: 1,
    plateau: plateauOf(facts),
    windows: windows.flatMap((window) => {
      const total = load.total({ window: window.key, tags: {} });
      return total === undefined || window.spans.length === 0 ? [] : [windowStats(window, total)];
    }),
    requests: load
      .byName()
      .slice(0, NAMES_MAX)
      .map(([name, total]) => ({ name, ...requestStats(total) })),
    ...(load.interrupted === 0 ? {} : { interruptedByTheEnd: load.interrupted }),
    sliceMs: load.sliceMs,
    series: load.slices.map((slice, at) => pointOf(slice, load.span.fromMs + at * load.sliceMs, load.sliceMs)),
    replicas: story.replicas.map(({ atMs, ready, desired }) => ({ atMs: round(atMs) ?? 0, ready, desired })),
    generator: {
      intervals: generator.intervals,
      repeated: generator.repeated,
      dropped: generator.dropped,
      stalled: generator.stalled,
      loopDelayMsMax: round(generator.loopDelayMsMax) ?? 0,
      sendLagMsMax: round(generator.sendLagMsMax) ?? 0,
      rssBytesMax: generator.rssBytesMax,
      usersMax: generator.usersMax,
    },
    outages: outagesByClass(facts),
    experiments: failures.own().map(({ experiment, requests, failed, firstFailedMs, lastFailedMs }) => ({
      name: experiment,
      requests,
      failed,
      firstFailedMs: round(firstFailedMs),
      lastFailedMs: round(lastFailedMs),
    })),
  };
}

function outagesByClass({ streams, outages }: Facts): OutageStats[] {
  return [...new Set(streams.map((stream) => stream.class))].map((name) => {
    const own = outages.filter((one) => one.class === name);
    const longest = own.reduce<Outage | null>((most, one) => (most === null || isLonger(one, most) ? one : most), null);
    return { class: name, outages: own.length, longest: longest === null ? null : lengthOf(longest) };
  });
}

function lengthOf({ begin, end }: Outage): NonNullable<OutageStats["longest"]> {
  const lowerMs = end === null ? 0 : Math.max(0, end.lowerMs - begin.upperMs);
  // A probe that never succeeded before has no begin that is known.
  const fromMs = Number.isFinite(begin.lowerMs) ? begin.lowerMs : begin.upperMs;
  return {
    fromMs: round(begin.upperMs) ?? 0,
    lowerMs: round(lowerMs) ?? 0,
    upperMs: end === null ? null : round(end.upperMs - fromMs),
  };
}

function isLonger(a: Outage, b: Outage): boolean {
  const length = (one: Outage) => lengthOf(one).upperMs ?? Number.POSITIVE_INFINITY;
  return length(a) > length(b);
}

function plateauOf(facts: Facts): Plateau | null {
  const span = facts.windows.find(({ key }) => key === "plateau")?.spans[0];
  const found = span === undefined ? null : facts.load.users.within(span);
  if (found === null) return null;
  const { fromMs, toMs, seconds, usersFewest } = found;
  return {
    fromMs: round(fromMs) ?? 0,
    toMs: round(toMs) ?? 0,
    seconds,
    usersFewest,
    workers: facts.load.users.workers,
    cycleSecondsMean: round(cycleOf(facts)?.seconds ?? null),
  };
}

function windowStats(window: Window, total: FoldedTotal): WindowStats {
  const seconds = window.spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000;
  return {
    window: window.key,
    says: window.says,
    spans: window.spans.map(({ fromMs, toMs }) => ({ fromMs: round(fromMs) ?? 0, toMs: round(toMs) ?? 0 })),
    requestsPerSecond: seconds > 0 ? round(total.count / seconds) : null,
    ...requestStats(total),
  };
}

function requestStats({ count, failed, histogram }: Pick<FoldedTotal, "count" | "failed" | "histogram">): RequestStats {
  return {
    requests: count,
    failed,
    successPercent: count === 0 ? null : round(((count - failed) * 100) / count),
    meanMs: histogram.count === 0 ? null : round(histogram.sum / histogram.count),
    p50Ms: round(histogram.quantile(0.5)),
    p90Ms: round(histogram.quantile(0.9)),
    p95Ms: round(histogram.quantile(0.95)),
    p99Ms: round(histogram.quantile(0.99)),
    maxMs: histogram.count === 0 ? null : round(histogram.max),
  };
}

function pointOf(slice: Slice, atMs: number, sliceMs: number): SeriesPoint {
  return {
    atMs: round(atMs) ?? 0,
    requestsPerSecond: round((slice.count * 1000) / sliceMs) ?? 0,
    failedPerSecond: round((slice.failed * 1000) / sliceMs) ?? 0,
    p95Ms: round(slice.histogram.quantile(0.95)),
    users: Math.round(slice.users),
  };
}

/** Rounds to three decimals, which gives the same bytes everywhere and is finer than any measurement here. */
function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
