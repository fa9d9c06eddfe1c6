/** Bounds on what callers may do in a time, and the answers that are kept for repeated keys. */

/** Allows so many calls within a sliding window. */
export class RateLimit {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #nowMs: () => number;
  readonly #times: number[] = [];

  constructor(most: number, windowMs: number, nowMs: () => number) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#nowMs = nowMs;
  }

  /** Counts a call. Returns 0 if it is allowed, else after how many ms the next one is. */
  take(): number {
    const now = this.#nowMs();
    while (this.#times[0] !== undefined && this.#times[0] <= now - this.#windowMs) this.#times.shift();
    const [oldest] = this.#times;
    if (oldest !== undefined && this.#times.length >= this.#most) return Math.max(1, oldest + this.#windowMs - now);
    this.#times.push(now);
    return 0;
  }
}

const KEYS_MAX = 1_000;
const KEY_MS = 24 * 3_600_000;

/** An answer as it was sent: a repeated key gets the same bytes. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface KeptCall {
  /** The route and the digest of the body: the same key for something else is a mistake. */
  readonly call: string;
  readonly answer: Promise<KeptAnswer>;
  readonly sinceMs: number;
}

/** Remembers the answers of calls that carry an Idempotency-Key. A call that is still going on is waited for, not repeated. */
export class IdempotencyKeys {
  readonly #nowMs: () => number;
  readonly #calls = new Map<string, KeptCall>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Returns the earlier answer for the key, "other" if the key was used for another call, or null if it is new. */
  known(key: string, call: string): Promise<KeptAnswer> | "other" | null {
    const kept = this.#calls.get(key);
    if (kept === undefined || kept.sinceMs < this.#nowMs() - KEY_MS) return null;
    return kept.call === call ? kept.answer : "other";
  }

  /** Keeps an answer. A failure of the server is not kept, so that the caller may try again. */
  keep(key: string, call: string, answer: Promise<KeptAnswer>): void {
    this.#calls.delete(key);
    const oldest = this.#calls.keys().next();
    if (this.#calls.size >= KEYS_MAX && oldest.done !== true) this.#calls.delete(oldest.value);
    this.#calls.set(key, { call, answer, sinceMs: this.#nowMs() });
    const forget = () => this.#calls.delete(key);
    answer.then(({ status }) => (status >= 500 || status === 429 ? forget() : undefined), forget);
  }
}
