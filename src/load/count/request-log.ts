/**
 * Reports each request of a worker, in batches. The number of batches that wait to be written is limited. Beyond the limit, requests are
 * only counted, so that neither the memory nor the load depends on the speed of a disk.
 */
import { BATCH_REQUESTS_MAX, type RequestBatch, ROW_LENGTH } from "./request-batch.ts";

/** A longer URL is cut off. */
const URL_LENGTH_MAX = 2_048;

/** A request that has ended. Times are performance.now(). */
export interface EndedRequest {
  /** When it was due, or followed a redirect. */
  readonly dueMs: number;
  /** When it was written to the connection; 0: never. */
  readonly sentMs: number;
  /** When the first byte of its answer was read; 0: there was none. */
  readonly firstByteMs: number;
  readonly endedMs: number;
  /** Times of a connection that was opened for it; -1 for what was not needed. */
  readonly connectingMs: number;
  readonly tlsMs: number;
  readonly receivingMs: number;
  readonly bytes: number;
  readonly status: number;
  readonly user: number;
  readonly method: string;
  readonly url: string;
  /** The kind of its failure, such as "timeout" or "http-503"; "" for none. */
  readonly error: string;
  /** The tags of the series that counts it. One object is used for many requests. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface RequestLogOptions {
  readonly worker: string;
  /** The most batches that may wait to be written. */
  readonly waitingMax: number;
  /** The run's clock. */
  readonly clock: { nowMs(): number };
  readonly send: (batch: RequestBatch) => void;
}

export class RequestLog {
  readonly #options: RequestLogOptions;
  readonly #texts = new Map<string, number>();
  readonly #tags = new Map<Readonly<Record<string, string>>, number>();
  #rows: number[] = [];
  #lost = 0;
  /** Number of the last batch that was sent, and of the last one that was written. */
  #sent = 0;
  #written = 0;

  constructor(options: RequestLogOptions) {
    this.#options = options;
  }

  add(request: EndedRequest): void {
    if (this.#isFull && !this.flush()) {
      this.#lost++;
      return;
    }
    const { dueMs, sentMs, firstByteMs, endedMs } = request;
    const originMs = this.#options.clock.nowMs() - performance.now();
    this.#rows.push(
      rounded(dueMs + originMs),
      rounded(endedMs - dueMs),
      sentMs === 0 ? -1 : rounded(endedMs - sentMs),
      rounded(request.connectingMs),
      rounded(request.tlsMs),
      firstByteMs === 0 ? -1 : rounded(firstByteMs - sentMs),
      firstByteMs === 0 ? -1 : rounded(request.receivingMs),
      request.bytes,
      request.status,
      request.user,
      indexIn(this.#texts, request.method),
      indexIn(this.#texts, request.url.slice(0, URL_LENGTH_MAX)),
      request.error === "" ? -1 : indexIn(this.#texts, request.error),
      indexIn(this.#tags, request.tags),
    );
    if (this.#isFull) this.flush();
  }

  /** Sends what is pending. Returns false when too many batches wait to be written. */
  flush(): boolean {
    if (this.#sent - this.#written >= this.#options.waitingMax) return false;
    this.#send();
    return true;
  }

  /** Sends what is pending at the end of the load, regardless of how many batches wait. */
  close(): void {
    this.#send();
  }

  /** Records that all batches up to this number were written or abandoned. */
  written(number: number): void {
    this.#written = Math.max(this.#written, Math.min(number, this.#sent));
  }

  get #isFull(): boolean {
    return this.#rows.length >= BATCH_REQUESTS_MAX * ROW_LENGTH;
  }

  #send(): void {
    if (this.#rows.length === 0 && this.#lost === 0) return;
    const { worker, send } = this.#options;
    const about = { worker, number: ++this.#sent, lost: this.#lost };
    send({ ...about, texts: [...this.#texts.keys()], tags: [...this.#tags.keys()], rows: this.#rows });
    this.#rows = [];
    this.#lost = 0;
    this.#texts.clear();
    this.#tags.clear();
  }
}

function indexIn<T>(known: Map<T, number>, value: T): number {
  const found = known.get(value);
  if (found !== undefined) return found;
  known.set(value, known.size);
  return known.size - 1;
}

/** Rounds to microseconds, which keeps batches small. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
