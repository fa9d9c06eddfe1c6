/**
 * Ends a worker that cannot end itself: a script that loops for ever keeps it from hearing its coordinator, and from noticing
 * that it has none any more. Only another thread can see that, and only a signal ends it then. For workers of other machines;
 * those of this one are children, and end with their coordinator.
 */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** [0]: grows while the worker's own thread runs; [1]: how long that may stand still, in ms; [2]: never changes. */
export type GuardCells = Int32Array<SharedArrayBuffer>;

const ENTRY = fileURLToPath(
  new URL(`./stuck-guard-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
);
const TICK_MS = 250;
/** It only looks: the defaults would reserve far more. */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

export class StuckGuard {
  readonly #cells: GuardCells = new Int32Array(new SharedArrayBuffer(12));
  #thread: Worker | null = null;

  /** From now to the end of this process, unless told anew. Where no thread can be had there is no guard. */
  allow(stuckMs: number): void {
    Atomics.store(this.#cells, 1, stuckMs);
    this.#thread ??= this.#start();
  }

  #start(): Worker {
    const thread = new Worker(ENTRY, { workerData: this.#cells, execArgv: [], env: {}, resourceLimits: LIMITS });
    thread.unref();
    thread.on("error", () => undefined);
    setInterval(() => Atomics.add(this.#cells, 0, 1), TICK_MS).unref();
    return thread;
  }
}
