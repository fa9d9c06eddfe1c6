/**
 * Records the state of the load generator itself: whether it kept pace with the plan and was fit to measure. A generator that was
 * the bottleneck makes latency unknown in the windows concerned; this is never held against the platform.
 */
import { unopenedIn } from "../interval/unopened.ts";
import type { Interval } from "../interval.ts";
import type { Span } from "../outage/span.ts";
import { isSpan } from "../std/stamp.ts";

/**
 * The limits for one interval, the same for a load and for the judge (docs/decisions/0340): the event loop's p99 delay, the median
 * lateness of sends, CPU seconds per second of one worker.
 */
export const LOOP_DELAY_MS_MAX = 200;
export const SEND_LAG_MS_MAX = 100;
export const CPU_MAX = 0.98;
/** If fewer than this share of the intended users are alive, the load is behind the plan. */
export const USERS_SHARE_MIN = 0.98;
/** If the generator was stalled for more than this share of a window, the window cannot judge latency or throughput. */
export const STALLED_SHARE_MAX = 0.05;
/** In a load of fewer seconds than this, even one stalled second is too many. */
const SECONDS_MIN = 3;

/**
 * Returns how many intervals of a whole load may be stalled: one for each worker, because its first second compiles the code, and a
 * twentieth of all.
 */
export function stallsAllowed(intervals: number, workers: number): number {
  const share = STALLED_SHARE_MAX * intervals;
  return intervals >= SECONDS_MIN * workers ? Math.max(share, workers) : share;
}

const ITERATIONS = /^iteration_duration(\{|$)/;

/** Returns whether the figures of this interval are due to the generator as much as to the platform. */
export function isStalled(interval: Interval): boolean {
  const { loopDelayMsP99, sendLagMsP50 } = interval.health;
  return loopDelayMsP99 > LOOP_DELAY_MS_MAX || sendLagMsP50 > SEND_LAG_MS_MAX || interval.dropped > 0;
}

export interface MissingDelta {
  readonly worker: string;
  readonly span: Span;
  readonly missing: number;
}

interface WorkerState {
  sequence: number;
  toMs: number;
}

export class GeneratorRecord {
  intervals = 0;
  repeated = 0;
  dropped = 0;
  /** The number of calls for which the generator's machine had no port or descriptor left. */
  unopened = 0;
  /** The number of intervals in which a worker had fewer users than intended. */
  behind = 0;
  stalled = 0;
  busy = 0;
  /** The iterations of all scenarios; an iteration failed if its script threw. */
  iterations = 0;
  iterationsFailed = 0;
  loopDelayMsMax = 0;
  sendLagMsMax = 0;
  rssBytesMax = 0;
  usersMax = 0;
  readonly missing: MissingDelta[] = [];
  /** The intervals that end before they begin, or lie outside any possible run; they are not counted at all. */
  readonly impossible: string[] = [];
  /** The first few intervals that were stalled or behind, as witnesses. */
  readonly examples: { readonly atMs: number; readonly says: string }[] = [];
  /** The last report by worker and epoch, to detect repeats; `#latest`: by worker, to detect what is missing between epochs. */
  readonly #states = new Map<string, WorkerState>();
  readonly #latest = new Map<string, WorkerState>();
  readonly #first = new Map<string, { readonly sequence: number; readonly fromMs: number }>();

  /** Adds an interval. Returns false if it was added before or is impossible. */
  add(interval: Interval): boolean {
    const { worker, sequence, fromMs, toMs } = interval;
    if (!isSpan(fromMs, toMs)) {
      this.impossible.push(`report ${sequence} of ${worker} ends before it begins, or outside the run`);
      return false;
    }
    if (!this.#inSequence(interval)) {
      this.repeated++;
      return false;
    }
    this.intervals++;
    this.dropped += interval.dropped;
    this.unopened += unopenedIn(interval.metrics);
    this.loopDelayMsMax = Math.max(this.loopDelayMsMax, interval.health.loopDelayMsMax);
    this.sendLagMsMax = Math.max(this.sendLagMsMax, interval.health.sendLagMsMax);
    this.rssBytesMax = Math.max(this.rssBytesMax, interval.health.rssBytes);
    this.usersMax = Math.max(this.usersMax, interval.users);
    this.#count(interval);
    return true;
  }

  #count(interval: Interval): void {
    const { health, users, usersIntended, worker, toMs } = interval;
    if (isStalled(interval)) {
      this.stalled++;
      this.#example(
        toMs,
        `${worker}: loop delay p99 ${health.loopDelayMsP99} ms, send lag p50 ${health.sendLagMsP50} ms, ${interval.dropped} dropped`,
      );
    }
    if (users < Math.floor(usersIntended * USERS_SHARE_MIN)) {
      this.behind++;
      this.#example(toMs, `${worker}: ${users} users of ${usersIntended} intended`);
    }
    if (health.cpu > CPU_MAX) this.busy++;
    for (const { metric, count, failed } of interval.metrics) {
      if (!ITERATIONS.test(metric)) continue;
      this.iterations += count;
      this.iterationsFailed += failed;
    }
  }

  #example(atMs: number, says: string): void {
    if (this.examples.length < 10) this.examples.push({ atMs, says });
  }

  #inSequence({ worker, epoch, sequence, fromMs, toMs }: Interval): boolean {
    const key = `${worker}/${epoch}`;
    const state = this.#states.get(key);
    if (state !== undefined && sequence <= state.sequence) return false;
    const before = this.#latest.get(worker);
    if (before !== undefined && sequence > before.sequence + 1) {
      const span = { fromMs: before.toMs, toMs: fromMs };
      this.missing.push({ worker, span, missing: sequence - before.sequence - 1 });
    }
    if (before === undefined) this.#first.set(worker, { sequence, fromMs });
    this.#states.set(key, { sequence, toMs });
    this.#latest.set(worker, { sequence, toMs: Math.max(toMs, before?.toMs ?? 0) });
    return true;
  }

  /** Returns whether so much of the whole load was stalled that its figures are the generator's as much as the platform's. */
  get isStalledTooOften(): boolean {
    return this.stalled > stallsAllowed(this.intervals, this.#latest.size);
  }

  /** Returns whether workers used a whole core so often that the latency they measured is their own as much as the platform's. */
  get isBusyTooOften(): boolean {
    return this.busy > stallsAllowed(this.intervals, this.#latest.size);
  }

  /** Returns the first report of each worker. */
  get firstReports(): ReadonlyMap<string, { readonly sequence: number; readonly fromMs: number }> {
    return this.#first;
  }

  /** Returns the last report of each worker, in the order of the workers' first reports. */
  get lastReports(): ReadonlyMap<string, { readonly sequence: number; readonly toMs: number }> {
    return this.#latest;
  }
}
