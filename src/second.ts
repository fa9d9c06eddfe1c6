/**
 * A second is what one second of a run looked like: load, replicas, leaders, probes, faults and workers in one row. The rows are
 * the lines of `seconds.ndjson`, which every run writes beside its evidence. They are derived from the evidence, for charts and
 * live views: an old run opens at once, and long runs keep points of 1 s. No verdict reads them.
 *
 * While a run lasts, a row is written shortly after its second ended, and written again when a late report changes it: of lines
 * with the same `atMs`, the last one counts. When the run ends, the file is written once more, in order and without repetitions.
 */
import type { Phase } from "./timeline.ts";

/** The length of a row's second in milliseconds. */
export const SECOND_MS = 1_000;

/**
 * "down": at least one beat that was sent in the second failed. "up": at least one succeeded, and none failed. "unknown": no beat
 * that was sent in the second has a result (yet), which is neither up nor down.
 */
export type ProbeState = "up" | "down" | "unknown";

export interface ProbeSecond {
  readonly state: ProbeState;
  /** The beats that were sent in this second, by their result. */
  readonly ok: number;
  readonly failed: number;
}

/** One load worker, as it last reported about a time that touches the second. */
export interface WorkerSecond {
  readonly users: number;
  /** CPU seconds used per second of wall time: 1 is a whole core. */
  readonly cpu: number;
  readonly rssBytes: number;
  readonly loopDelayMsP99: number;
  readonly sendLagMsP50: number;
}

/** Anything that is not known is null, or absent from a record: a gap is never drawn as 0. */
export interface Second {
  /** The start of the second on the run's clock: a multiple of 1,000 ms. */
  readonly atMs: number;
  /** The phase at the end of the second; null before the first phase, after the last one, and in a load without phases. */
  readonly phase: Phase | null;
  /**
   * The workers that should have reported about this second, and those that did, up to its end. Until all have reported, or 3 s
   * have passed, all figures of the load are null; after 3 s they are those of the workers that did report.
   */
  readonly workersExpected: number;
  readonly workersReporting: number;
  /** Users alive, by the last report of each worker about the second. */
  readonly users: number | null;
  /** Users that the load intended at that moment. In an open model, users are made as they are needed. */
  readonly usersIntended: number | null;
  /**
   * HTTP requests with the expected answer, and all others, per second. The counts of an interval are spread evenly over the time
   * that it covers, so they are not whole numbers where an interval crosses the border of two seconds.
   */
  readonly answered: number | null;
  readonly failed: number | null;
  /** Calls that are not HTTP requests (`user.record` and the like), per second, by their result. */
  readonly callsAnswered: number | null;
  readonly callsFailed: number | null;
  /** Iterations that ended, and arrivals that found no free user, per second. */
  readonly iterations: number | null;
  readonly dropped: number | null;
  /**
   * Latency of the ANSWERED requests in milliseconds, from their intended start; null if there were none. Failed requests are
   * left out, because errors that come back at once would make the latency look better. An interval's requests count in the
   * second that holds the middle of the interval.
   */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Replicas of the app at the end of the second; null if the platform has not reported any. */
  readonly replicasReady: number | null;
  readonly replicasWanted: number | null;
  /** The leader of each group (role) at the end of the second: {"postgres": "postgres/n2"}; null while the group has none. */
  readonly leaders: Readonly<Record<string, string | null>>;
  /** By stream: "order-write/kept", "order-write/fresh". */
  readonly probes: Readonly<Record<string, ProbeSecond>>;
  /** The experiments whose fault was in force at some moment of the second: from its bite until the last target was healed. */
  readonly faults: readonly string[];
  /** By name; at most 64 workers are listed. */
  readonly workers: Readonly<Record<string, WorkerSecond>>;
}
