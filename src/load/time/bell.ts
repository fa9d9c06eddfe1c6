/** Bells that wake a list of alarms: one that is as coarse as timers are, and one that is finer. */
import type { Worker } from "node:worker_threads";
import { entryBeside } from "../../std/entry.ts";
import { startThread } from "../../std/thread.ts";

/**
 * A bell rings once, at or soon after the moment that it was last aimed at, and never before. Moments are on the scale of
 * performance.now().
 */
export interface Bell {
  aim(dueMs: number, ring: () => void): void;
  cancel(): void;
}

/** A bell on a timer. It rings up to a millisecond late, because timers and the event loop wait for whole milliseconds only. */
export class TimerBell implements Bell {
  #timer: NodeJS.Timeout | null = null;

  aim(dueMs: number, ring: () => void): void {
    this.cancel();
    const rung = () => {
      if (performance.now() < dueMs)
        this.aim(dueMs, ring); // timers count from a whole millisecond
      else ring();
    };
    this.#timer = setTimeout(rung, Math.max(1, Math.ceil(dueMs - performance.now())));
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The memory that a FineBell shares with its thread. */
export interface BellJob {
  /** [0] grows with each order; [1] grows with each ring. */
  readonly cells: Int32Array<SharedArrayBuffer>;
  /** [0] is the moment of the last order, in ms of process.hrtime. */
  readonly dueMs: Float64Array<SharedArrayBuffer>;
}

const ENTRY = entryBeside(import.meta.url, "./bell-thread");
/** The least time between two rings: each costs about 25 us of CPU, and all alarms that are due meanwhile ring together. */
const APART_MS = 0.5;

/**
 * A bell on a thread that waits on a futex, which is accurate to about 60 us. A timer is used until the thread has started, and
 * when no thread can be started.
 */
export class FineBell implements Bell {
  readonly #coarse = new TimerBell();
  readonly #job: BellJob = {
    cells: new Int32Array(new SharedArrayBuffer(8)),
    dueMs: new Float64Array(new SharedArrayBuffer(8)),
  };
  readonly #toHrtimeMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  readonly #thread: Worker | null;
  /** Resolves when the thread has started, or when it cannot be started. */
  readonly ready: Promise<void>;
  #ready = false;
  #listening = false;
  #ring: (() => void) | null = null;
  #dueMs = 0;
  #rungMs = 0;

  constructor(start: (job: BellJob) => Worker | null = (job) => startThread(ENTRY, job)) {
    const thread = start(this.#job);
    this.#thread = thread;
    this.ready = thread === null ? Promise.resolve() : new Promise((resolve) => this.#follow(thread, resolve));
  }

  #follow(thread: Worker, begun: () => void): void {
    thread.once("online", () => {
      this.#ready = true;
      begun();
    });
    thread.once("exit", () => {
      this.#lost();
      begun();
    });
  }

  aim(dueMs: number, ring: () => void): void {
    this.#coarse.cancel();
    if (!this.#ready) return this.#coarse.aim(dueMs, ring);
    this.#ring = ring;
    this.#dueMs = Math.max(dueMs, this.#rungMs + APART_MS);
    while (!this.#listening) this.#listen(); // before the order, because a ring without a listener would be lost
    const { cells, dueMs: due } = this.#job;
    due[0] = this.#dueMs + this.#toHrtimeMs;
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
  }

  cancel(): void {
    this.#coarse.cancel();
    this.#ring = null;
  }

  async close(): Promise<void> {
    this.cancel();
    await this.endThread();
  }

  /** Ends the thread; a timer takes over. */
  async endThread(): Promise<void> {
    await this.#thread?.terminate();
  }

  #listen(): void {
    const { cells } = this.#job;
    const waiting = Atomics.waitAsync(cells, 1, Atomics.load(cells, 1));
    if (!waiting.async) return; // it rang between load and wait, for an order that no longer counts
    this.#listening = true;
    void waiting.value.then(() => {
      this.#listening = false;
      this.#rang();
    });
  }

  #rang(): void {
    const ring = this.#ring;
    if (ring === null) return;
    if (performance.now() < this.#dueMs) return this.aim(this.#dueMs, ring); // it rang for an order that no longer counts
    this.#ring = null;
    this.#rungMs = performance.now();
    ring();
  }

  #lost(): void {
    this.#ready = false;
    if (this.#ring !== null) this.#coarse.aim(this.#dueMs, this.#ring);
  }
}
