/**
 * Folds what a run records into the rows of its seconds. It keeps only the last seconds, so that its memory does not grow with the
 * run. Pure: the caller says what time it is.
 */
import type { Operation } from "../history.ts";
import { type Metric, parseMetric } from "../interval/metric.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import type { Second } from "../second.ts";
import { SECOND_MS } from "../second.ts";
import type { HistogramDelta } from "../std/histogram.ts";
import { isSpan, isStamp } from "../std/stamp.ts";
import type { TimelineEvent } from "../timeline.ts";
import { Cell, type Counts, noCounts } from "./cell.ts";
import { Situation } from "./situation.ts";

/** A report that comes later than this after its second ended is not added any more. */
const LATE_MS_MAX = 15_000;
/** A report about a time so far ahead of the clock was not made by a worker's clock. */
const AHEAD_MS_MAX = 60_000;
/** After this time, the figures of a second no longer wait for workers that have not reported. */
const COMPLETE_WITHIN_MS = 3_000;

type Part = "answered" | "failed" | "calls" | "iterations" | null;

export class SecondFold {
  readonly #cells = new Map<number, Cell>();
  readonly #situation = new Situation();
  readonly #sequences = new Map<string, number>();
  readonly #parts = new Map<string, Part>();
  readonly #streams = new Set<string>();
  #nextMs = 0;
  /** The number of reports and beats that came too late for their row, wholly or in part. */
  late = 0;

  event(event: TimelineEvent): void {
    this.#situation.event(event);
    for (const cell of this.#cells.values()) if (cell.endMs > event.atMs) cell.isChanged = true;
  }

  /** Adds one operation; only the beats of probes count. A beat without a result is not counted. */
  operation({ probe, outcome, invokedAtMs, completedAtMs }: Operation): void {
    if (probe === undefined || completedAtMs === null || !isStamp(invokedAtMs)) return;
    const stream = `${probe.class}/${probe.connection}`;
    this.#streams.add(stream);
    const cell = this.#cellAt(invokedAtMs);
    if (cell === undefined) this.late++;
    else cell.addBeat(stream, outcome.type === "ok");
  }

  /** Adds an interval; repeats of an earlier one are ignored. */
  interval(interval: Interval): void {
    const { worker, sequence, fromMs, toMs } = interval;
    if (!isSpan(fromMs, toMs) || toMs > this.#nextMs + AHEAD_MS_MAX) return;
    if (sequence <= (this.#sequences.get(worker) ?? -1)) return;
    this.#sequences.set(worker, sequence);
    this.#situation.reports(worker, fromMs);
    if (fromMs < this.#oldestMs) this.late++;
    const counts = this.#countsOf(interval);
    const lastMs = Math.max(toMs, floorOf(fromMs) + 1);
    for (let atMs = Math.max(floorOf(fromMs), this.#oldestMs); atMs < lastMs; atMs += SECOND_MS) {
      const shareMs = Math.min(toMs, atMs + SECOND_MS) - Math.max(fromMs, atMs);
      this.#cell(atMs).addInterval(interval, counts, toMs === fromMs ? 1 : shareMs / (toMs - fromMs));
    }
    this.#addLatency(interval);
  }

  /**
   * Returns the rows of the seconds that have ended by `nowMs` and were not returned yet, and those that changed since, in order
   * of time.
   */
  take(nowMs: number): Second[] {
    for (; this.#nextMs + SECOND_MS <= nowMs; this.#nextMs += SECOND_MS) this.#cell(this.#nextMs);
    const ended = [...this.#cells.values()]
      .filter((cell) => cell.endMs <= this.#nextMs)
      .sort((a, b) => a.atMs - b.atMs);
    const rows: Second[] = [];
    for (const cell of ended) {
      const isDue = cell.endMs + COMPLETE_WITHIN_MS <= nowMs;
      if (!cell.isChanged && !(isDue && !cell.isSettled)) continue;
      cell.isChanged = false;
      cell.isSettled = isDue;
      rows.push(this.#row(cell, isDue));
    }
    this.#forget(this.#oldestMs);
    return rows;
  }

  #row(cell: Cell, isDue: boolean): Second {
    const { atMs, endMs, counts } = cell;
    const expected = this.#situation.workersBefore(endMs);
    const reporting = expected.filter((worker) => cell.hasWhole(worker)).length;
    const isKnown = cell.hasReports && (isDue || reporting === expected.length);
    const figure = (value: number) => (isKnown ? rounded(value) : null);
    const latency = (q: number) => (isKnown ? roundedOrNull(cell.quantileMs(q)) : null);
    const replicas = this.#situation.replicasBefore(endMs);
    return {
      atMs,
      phase: this.#situation.phaseBefore(endMs),
      workersExpected: expected.length,
      workersReporting: reporting,
      users: figure(cell.sum("users")),
      usersIntended: figure(cell.sum("usersIntended")),
      answered: figure(counts.answered),
      failed: figure(counts.failed),
      callsAnswered: figure(counts.callsAnswered),
      callsFailed: figure(counts.callsFailed),
      iterations: figure(counts.iterations),
      dropped: figure(counts.dropped),
      p50Ms: latency(0.5),
      p95Ms: latency(0.95),
      p99Ms: latency(0.99),
      replicasReady: replicas?.ready ?? null,
      replicasWanted: replicas?.desired ?? null,
      leaders: this.#situation.leadersBefore(endMs),
      probes: Object.fromEntries([...this.#streams].sort().map((stream) => [stream, cell.probe(stream)])),
      faults: this.#situation.faultsWithin(atMs, endMs),
      workers: Object.fromEntries([...cell.workers].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  #countsOf({ metrics, dropped }: Interval): Counts {
    const counts = { ...noCounts(), dropped };
    for (const delta of metrics) {
      const part = this.#partOf(delta.metric);
      if (part === "failed") counts.failed += delta.count;
      else if (part === "iterations") counts.iterations += delta.count;
      else if (part === "answered") {
        counts.answered += delta.count - delta.failed;
        counts.failed += delta.failed;
      } else if (part === "calls") {
        counts.callsAnswered += delta.count - delta.failed;
        counts.callsFailed += delta.failed;
      }
    }
    return counts;
  }

  /** Adds the latency of answered requests to the second that holds the middle of the interval. */
  #addLatency({ metrics, fromMs, toMs }: Interval): void {
    const isAnswered = (delta: MetricDelta) => this.#partOf(delta.metric) === "answered" && delta.buckets !== undefined;
    const answered = metrics.filter(isAnswered);
    if (answered.length === 0) return;
    const latency = this.#cellAt((fromMs + toMs) / 2)?.latency();
    for (const delta of answered) latency?.merge(delta as HistogramDelta);
  }

  #partOf(metric: string): Part {
    const known = this.#parts.get(metric);
    if (known !== undefined) return known;
    const part = partOf(parseMetric(metric));
    this.#parts.set(metric, part);
    return part;
  }

  /** Returns the second that holds a moment; undefined if it is too long ago. */
  #cellAt(atMs: number): Cell | undefined {
    const startMs = floorOf(atMs);
    return startMs >= this.#oldestMs ? this.#cell(startMs) : undefined;
  }

  /** The start of the oldest second whose row may still change. */
  get #oldestMs(): number {
    return Math.max(0, this.#nextMs - LATE_MS_MAX);
  }

  #cell(startMs: number): Cell {
    const known = this.#cells.get(startMs);
    if (known !== undefined) return known;
    const fresh = new Cell(startMs);
    this.#cells.set(startMs, fresh);
    return fresh;
  }

  #forget(beforeMs: number): void {
    for (const cell of this.#cells.values()) if (cell.endMs <= beforeMs) this.#cells.delete(cell.atMs);
    this.#situation.forgetBefore(beforeMs - SECOND_MS);
  }
}

function partOf(metric: Metric | undefined): Part {
  if (metric?.name === "iteration_duration") return "iterations";
  if (metric?.name === "call_duration") return "calls";
  if (metric?.name !== "http_req_duration") return null;
  return metric.tags["expected_response"] === "false" ? "failed" : "answered";
}

function floorOf(atMs: number): number {
  return Math.floor(atMs / SECOND_MS) * SECOND_MS;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}
