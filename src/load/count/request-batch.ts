/**
 * Single requests as workers report them when an output asks for it. A batch is compact, because a load may make tens of thousands of
 * requests a second: each text occurs once in it, and rows are plain numbers that refer to texts by their index.
 */
export interface RequestBatch {
  readonly worker: string;
  /** The batches of a worker are numbered from 1. */
  readonly number: number;
  /** The number of requests before this batch that are not reported, because too many batches waited to be written. */
  readonly lost: number;
  readonly texts: readonly string[];
  /** The tags under which requests were counted: name, scenario, group, and those of the script. */
  readonly tags: readonly Readonly<Record<string, string>>[];
  /** ROW_LENGTH numbers for each request, in the order of REQUEST_FIGURES. */
  readonly rows: readonly number[];
}

/** The meaning of the numbers in a row. Times are in ms; -1 means that there is no such value. */
export const REQUEST_FIGURES = [
  /** When the request was due, on the run's clock. */
  "dueMs",
  /** From then until the answer was complete: what http_req_duration counts. */
  "durationMs",
  /** From when the request was written: what http_req_service counts. */
  "serviceMs",
  "connectingMs",
  "tlsMs",
  /** From when the request was written until the first byte of the answer. */
  "waitingMs",
  "receivingMs",
  /** Bytes of the answer's body. */
  "bytes",
  /** The status of the answer; 0: there was no answer. */
  "status",
  /** The number of the user in the whole run. */
  "user",
  /** Indexes into the batch's texts. */
  "method",
  "url",
  "error",
  /** Index into the batch's tags. */
  "tags",
] as const;

export const ROW_LENGTH = REQUEST_FIGURES.length;

/** The error of a request that was cut off by the end of its user. It is not a failure, and the totals do not count it as a request. */
export const INTERRUPTED = "interrupted";

/** The most requests in a batch, and the most that a worker keeps while it may not send one. */
export const BATCH_REQUESTS_MAX = 2_000;

/** The most batches of all workers together that may wait to be written: about 200 MB. */
const WAITING_MAX = 512;
const WAITING_OF_ONE_MAX = 64;

/** Returns how many batches of each worker may wait to be written. */
export function waitingMax(workers: number): number {
  return Math.max(2, Math.min(WAITING_OF_ONE_MAX, Math.floor(WAITING_MAX / workers)));
}

/** Returns how many requests a batch reports. */
export function requestsIn({ rows }: RequestBatch): number {
  return Math.floor(rows.length / ROW_LENGTH);
}
