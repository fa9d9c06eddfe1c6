/** What is known about the load and the probes in one second, before it becomes a row. */
import type { Interval } from "../interval.ts";
import { type ProbeSecond, SECOND_MS, type WorkerSecond } from "../second.ts";
import { Histogram } from "../std/histogram.ts";

/** Further workers are counted, but not listed. */
const WORKERS_MAX = 64;

/** The counts of an interval that are spread over the seconds that it touches. */
export interface Counts {
  answered: number;
  failed: number;
  callsAnswered: number;
  callsFailed: number;
  iterations: number;
  dropped: number;
}

export function noCounts(): Counts {
  return { answered: 0, failed: 0, callsAnswered: 0, callsFailed: 0, iterations: 0, dropped: 0 };
}

interface Reported {
  /** The end of the worker's last report about this second. */
  toMs: number;
  users: number;
  usersIntended: number;
}

export class Cell {
  readonly atMs: number;
  readonly counts = noCounts();
  readonly workers = new Map<string, WorkerSecond>();
  readonly probes = new Map<string, { ok: number; failed: number }>();
  readonly #reported = new Map<string, Reported>();
  #latency: Histogram | null = null;
  /** True if the row was not written since the last change. */
  isChanged = true;
  /** True if the row was written after the time for which its figures wait for workers. */
  isSettled = false;

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  get endMs(): number {
    return this.atMs + SECOND_MS;
  }

  /** Adds the share of an interval's counts that falls into this second. */
  addInterval(interval: Interval, counts: Counts, share: number): void {
    this.isChanged = true;
    for (const key of Object.keys(this.counts) as (keyof Counts)[]) this.counts[key] += counts[key] * share;
    const { worker, toMs, users, usersIntended, health } = interval;
    if (toMs < (this.#reported.get(worker)?.toMs ?? 0)) return;
    this.#reported.set(worker, { toMs, users, usersIntended });
    if (!this.workers.has(worker) && this.workers.size >= WORKERS_MAX) return;
    const { cpu, rssBytes, loopDelayMsP99, sendLagMsP50 } = health;
    this.workers.set(worker, { users, cpu, rssBytes, loopDelayMsP99, sendLagMsP50 });
  }

  /** Returns the histogram of the latency of answered requests, to be added to. */
  latency(): Histogram {
    this.isChanged = true;
    this.#latency ??= new Histogram();
    return this.#latency;
  }

  quantileMs(q: number): number | null {
    return this.#latency?.quantile(q) ?? null;
  }

  addBeat(stream: string, isOk: boolean): void {
    this.isChanged = true;
    const probe = this.probes.get(stream) ?? { ok: 0, failed: 0 };
    if (isOk) probe.ok++;
    else probe.failed++;
    this.probes.set(stream, probe);
  }

  /** Returns whether a worker has reported about this second up to its end. */
  hasWhole(worker: string): boolean {
    return (this.#reported.get(worker)?.toMs ?? 0) >= this.endMs;
  }

  /** Returns whether any worker reported about any part of this second. */
  get hasReports(): boolean {
    return this.#reported.size > 0;
  }

  sum(of: "users" | "usersIntended"): number {
    return [...this.#reported.values()].reduce((sum, reported) => sum + reported[of], 0);
  }

  /** Returns the state of a probe stream: any failed beat counts, because an outage begins with its first failure. */
  probe(stream: string): ProbeSecond {
    const { ok, failed } = this.probes.get(stream) ?? { ok: 0, failed: 0 };
    return { state: failed > 0 ? "down" : ok > 0 ? "up" : "unknown", ok, failed };
  }
}
