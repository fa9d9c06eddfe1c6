/**
 * Makes the single pass over the intervals: adds each worker's deltas to the requested windows, to the time slices of the chart,
 * and to the generator's own record. Memory is bounded by the number of windows and slices, not by the length of a run.
 */
import { INTERRUPTED } from "../interval/interrupted.ts";
import { hasTags, type Metric, parseMetric } from "../interval/metric.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import { contains, overlaps, type Span } from "../outage/span.ts";
import { Histogram, type HistogramDelta } from "../std/histogram.ts";
import { Fates } from "./fates.ts";
import { GeneratorRecord, isStalled } from "./generator.ts";
import { LoadOutcome } from "./load-outcome.ts";
import { ThresholdFold } from "./threshold-fold.ts";
import { UsersRecord } from "./users-record.ts";
import type { Window } from "./windows.ts";

/** The most slices of a chart; a long run has longer slices. */
const SLICES_MAX = 600;

export const DURATION_METRIC = "http_req_duration";

/** A window and the tags that its series must have. Empty tags select all requests. */
export interface Wanted {
  readonly window: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface FoldedTotal {
  readonly histogram: Histogram;
  count: number;
  failed: number;
  /** The length of the added intervals in worker-milliseconds; `stalledMs` is the part in which the generator was stalled. */
  coveredMs: number;
  stalledMs: number;
  /** The requests of the stalled intervals, whose outcomes are due to the generator as much as to the platform. */
  readonly stalled: { count: number; failed: number };
  /** The users' time: the sum of each interval's users times its length. */
  userMs: number;
}

export interface Slice {
  count: number;
  failed: number;
  users: number;
  readonly histogram: Histogram;
}

export function wantedKey({ window, tags }: Wanted): string {
  const filters = Object.keys(tags)
    .sort()
    .map((key) => `${key}=${tags[key]}`);
  return [window, ...filters].join("\u0000");
}

interface Share {
  readonly slice: Slice;
  readonly share: number;
}

interface Accumulator {
  readonly window: Window;
  readonly tags: Readonly<Record<string, string>>;
  readonly total: FoldedTotal;
}

/** The totals and slices that receive the counts of one interval. */
interface Destination {
  readonly into: readonly Accumulator[];
  readonly shares: readonly Share[];
  readonly isDoubtful: boolean;
}

export class LoadFold {
  readonly generator = new GeneratorRecord();
  readonly thresholds: ThresholdFold;
  readonly span: Span;
  readonly sliceMs: number;
  readonly slices: Slice[];
  /** The requests of each whole second since the start of `span`; each interval is spread evenly over its own time. */
  readonly perSecond: Float64Array;
  readonly users: UsersRecord;
  /** The outcomes of requests, calls, checks and scenarios, by name. */
  readonly fates: Fates;
  readonly outcome = new LoadOutcome();
  /** The requests that were cut off by the end of the load; they are not in the other counts and are not failures. */
  interrupted = 0;
  readonly #totals = new Map<string, Accumulator>();
  readonly #byName = new Map<string, FoldedTotal>();
  readonly #metrics = new Map<string, Metric | null>();

  constructor(windows: readonly Window[], wanted: readonly Wanted[], span: Span, thresholds = new ThresholdFold([])) {
    this.thresholds = thresholds;
    this.fates = new Fates(windows.find(({ key }) => key === "outside")?.spans ?? []);
    this.span = span;
    const lengthMs = Math.max(1000, span.toMs - span.fromMs);
    this.sliceMs = Math.max(1, Math.ceil(lengthMs / 1000 / SLICES_MAX)) * 1000;
    this.slices = Array.from({ length: Math.ceil(lengthMs / this.sliceMs) }, emptySlice);
    this.perSecond = new Float64Array(Math.min(1_000_000, Math.ceil(lengthMs / 1000) + 1));
    this.users = new UsersRecord(span.fromMs, this.perSecond.length);
    for (const one of wanted) {
      const window = windows.find(({ key }) => key === one.window);
      if (window !== undefined) this.#totals.set(wantedKey(one), { window, tags: one.tags, total: emptyTotal() });
    }
  }

  /** Adds an interval. Returns false for a repeat of an earlier one, which is ignored; the generator's record counts it. */
  add(interval: Interval): boolean {
    if (!this.generator.add(interval)) return false;
    this.thresholds.add(interval);
    this.outcome.add(interval);
    this.users.add(interval);
    this.fates.add(interval);
    const span = { fromMs: interval.fromMs, toMs: interval.toMs };
    const into = [...this.#totals.values()].filter(({ window }) => isIn(window, span));
    const lengthMs = Math.max(0, span.toMs - span.fromMs);
    const isDoubtful = isStalled(interval);
    const stalledMs = isDoubtful ? lengthMs : 0;
    for (const { total } of into) {
      total.coveredMs += lengthMs;
      total.stalledMs += stalledMs;
      total.userMs += interval.users * lengthMs;
    }
    const shares = this.#sharesOf(span);
    for (const { slice, share } of shares) slice.users += (interval.users * lengthMs * share) / this.sliceMs;
    for (const delta of interval.metrics) this.#delta(delta, span, { into, shares, isDoubtful });
    return true;
  }

  total(wanted: Wanted): FoldedTotal | undefined {
    return this.#totals.get(wantedKey(wanted))?.total;
  }

  /** Returns the requests of the whole run by name, sorted by name. */
  byName(): [name: string, total: FoldedTotal][] {
    return [...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #delta(delta: MetricDelta, span: Span, { into, shares, isDoubtful }: Destination): void {
    const metric = this.#metric(delta.metric);
    if (metric?.name === INTERRUPTED[DURATION_METRIC]) this.interrupted += delta.count;
    if (metric === null || metric.name !== DURATION_METRIC) return;
    const failed = metric.tags["expected_response"] === "false" ? delta.count : delta.failed;
    for (const { tags, total } of into) {
      if (!hasTags(metric, tags)) continue;
      addTo(total, delta, failed);
      if (isDoubtful) {
        total.stalled.count += delta.count;
        total.stalled.failed += failed;
      }
    }
    addTo(this.#named(metric.tags["name"] ?? "(no name)"), delta, failed);
    for (const { slice, share } of shares) {
      slice.count += delta.count * share;
      slice.failed += failed * share;
    }
    if (delta.buckets !== undefined)
      this.#sliceAt((span.fromMs + span.toMs) / 2)?.histogram.merge(delta as HistogramDelta);
    this.#spread(span, delta.count);
  }

  #named(name: string): FoldedTotal {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const fresh = emptyTotal();
    this.#byName.set(name, fresh);
    return fresh;
  }

  #metric(text: string): Metric | null {
    const known = this.#metrics.get(text);
    if (known !== undefined) return known;
    const parsed = parseMetric(text) ?? null;
    this.#metrics.set(text, parsed);
    return parsed;
  }

  /** Spreads an interval evenly over its own time, so that intervals a little longer than a slice leave no slice empty. */
  #sharesOf({ fromMs, toMs }: Span): Share[] {
    const lengthMs = toMs - fromMs;
    const shares: Share[] = [];
    const lastMs = Math.min(toMs, this.span.toMs);
    for (let atMs = Math.max(fromMs, this.span.fromMs); lengthMs > 0 && atMs < lastMs; ) {
      const index = Math.floor((atMs - this.span.fromMs) / this.sliceMs);
      const endMs = Math.min(lastMs, this.span.fromMs + (index + 1) * this.sliceMs);
      const slice = this.slices[index];
      if (slice !== undefined) shares.push({ slice, share: (endMs - atMs) / lengthMs });
      if (endMs <= atMs) break; // stamps that are not numbers, or too large to differ
      atMs = endMs;
    }
    return shares;
  }

  #sliceAt(atMs: number): Slice | undefined {
    return this.slices[Math.floor((atMs - this.span.fromMs) / this.sliceMs)];
  }

  #spread({ fromMs, toMs }: Span, count: number): void {
    const lengthMs = toMs - fromMs;
    const first = Math.max(0, Math.floor((fromMs - this.span.fromMs) / 1000));
    const last = Math.min(this.perSecond.length - 1, Math.floor((toMs - this.span.fromMs) / 1000));
    for (let second = first; second <= last && lengthMs > 0; second++) {
      const beginMs = this.span.fromMs + second * 1000;
      const shareMs = Math.min(toMs, beginMs + 1000) - Math.max(fromMs, beginMs);
      this.perSecond[second] = (this.perSecond[second] ?? 0) + (count * Math.max(0, shareMs)) / lengthMs;
    }
  }
}

/** Returns whether the counts of an interval belong to a window. */
export function isIn(window: Window, span: Span): boolean {
  if (window.takes === "touching") return window.spans.some((own) => overlaps(own, span));
  return window.spans.some((own) => contains(own, span.fromMs) && span.toMs <= own.toMs);
}

function addTo(
  into: { histogram: Histogram; count: number; failed: number },
  delta: MetricDelta,
  failed: number,
): void {
  into.count += delta.count;
  into.failed += failed;
  if (delta.buckets !== undefined) into.histogram.merge(delta as HistogramDelta);
}

function emptyTotal(): FoldedTotal {
  return {
    histogram: new Histogram(),
    count: 0,
    failed: 0,
    coveredMs: 0,
    stalledMs: 0,
    stalled: { count: 0, failed: 0 },
    userMs: 0,
  };
}

function emptySlice(): Slice {
  return { histogram: new Histogram(), count: 0, failed: 0, users: 0 };
}
