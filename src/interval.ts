/**
 * An interval is what one load worker did in about one second: all calls that are not in the history are only here.
 * Lines of `intervals.ndjson`. Deltas carry a sequence number, so that a repeat or a loss is seen.
 */
export interface MetricDelta {
  /** Request name and tags, canonical: "http_req_duration{name:checkout}". */
  readonly metric: string;
  readonly count: number;
  readonly failed: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Sparse histogram of std/histogram.ts: [bucket, count, bucket, count, ...]. Absent for counters. */
  readonly buckets?: readonly number[];
  /** Of a script's own sums: what adds up, or stands at a level. Absent: values 0 and 1, of which a share held. */
  readonly kind?: "counter" | "gauge";
}

export interface Interval {
  readonly worker: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Users alive at the end, and intended by the plan at that moment. */
  readonly users: number;
  readonly usersIntended: number;
  /** Arrivals that found no free user (open models); drops break validity. */
  readonly dropped: number;
  readonly metrics: readonly MetricDelta[];
  readonly health: GeneratorHealth;
}

/** The generator's own state; a generator that was the bottleneck makes latency unknown. */
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
