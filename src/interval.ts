/**
 * An interval records what one load worker did in about one second. Calls that are not in the history are recorded only here.
 * Each interval is a line of `intervals.ndjson`, and its sequence number shows when one is repeated or lost.
 */
export interface MetricDelta {
  /** The metric's name and tags in canonical form: "http_req_duration{name:checkout}". */
  readonly metric: string;
  readonly count: number;
  readonly failed: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Sparse histogram of std/histogram.ts: [bucket, count, bucket, count, ...]. Absent for plain sums. */
  readonly buckets?: readonly number[];
  /**
   * How to read a plain sum: a counter adds up, and a gauge stands at a level. When absent, the values are 0 and 1, and the
   * sum is the number of those that held.
   */
  readonly kind?: "counter" | "gauge";
}

export interface Interval {
  readonly worker: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Users alive at the end of the interval. */
  readonly users: number;
  /** Users that the plan intended at that moment. */
  readonly usersIntended: number;
  /** Arrivals that found no free user (open models); dropped arrivals break validity. */
  readonly dropped: number;
  readonly metrics: readonly MetricDelta[];
  readonly health: GeneratorHealth;
  /** The first failure of each kind that the worker has seen; each is reported once. Absent: there is no new one. */
  readonly examples?: readonly FailureExample[];
}

/** One failed request as an example of all failures of its kind, for people. */
export interface FailureExample {
  /** The name and the kind of failure, as metrics have them: "GET /cart", "http-503". */
  readonly name: string;
  readonly error: string;
  /** When it ended. */
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  /** The status of the answer; 0: there was no answer. */
  readonly status: number;
  /** The beginning of what the server answered, or what the system reported. */
  readonly says: string;
}

/** The generator's own state. When the generator itself was the bottleneck, latency is unknown. */
export interface GeneratorHealth {
  readonly loopDelayMsP99: number;
  readonly loopDelayMsMax: number;
  /** CPU seconds used per second of wall time by this worker. */
  readonly cpu: number;
  readonly rssBytes: number;
  readonly gcPauseMs: number;
  /** How late requests were started after their intended time. */
  readonly sendLagMsP50: number;
  readonly sendLagMsMax: number;
}
