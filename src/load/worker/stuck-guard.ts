/**
 * Ends a worker that cannot end itself. A script that loops forever keeps its worker from receiving messages, and from noticing
 * that its coordinator is gone. Only another thread can detect that, and only a signal can end the process then. The guard is
 * for workers on other machines; those on this machine are children, and end with their coordinator.
 */
import { entryBeside } from "../../std/entry.ts";
import { startThread } from "../../std/thread.ts";

/** [0] grows while the worker's main thread runs; [1] is how long it may stand still, in ms; [2] never changes. */
export type GuardCells = Int32Array<SharedArrayBuffer>;

const ENTRY = entryBeside(import.meta.url, "./stuck-guard-thread");
const TICK_MS = 250;

export class StuckGuard {
  readonly #cells: GuardCells = new Int32Array(new SharedArrayBuffer(12));
  #started = false;

  /**
   * Sets how long the main thread may stand still, from now until the next call. Without a guard thread, which the system may
   * refuse, nothing is guarded.
   */
  allow(stuckMs: number): void {
    Atomics.store(this.#cells, 1, stuckMs);
    if (this.#started) return;
    this.#started = true;
    if (startThread(ENTRY, this.#cells) !== null) setInterval(() => Atomics.add(this.#cells, 0, 1), TICK_MS).unref();
  }
}
