/**
 * Ends a worker that cannot end itself: a script that loops for ever keeps it from hearing its coordinator, and from noticing
 * that it has none any more. Only another thread can see that, and only a signal ends it then. For workers of other machines;
 * those of this one are children, and end with their coordinator.
 */
import { entryBeside } from "../../std/entry.ts";
import { startThread } from "../../std/thread.ts";

/** [0]: grows while the worker's own thread runs; [1]: how long that may stand still, in ms; [2]: never changes. */
export type GuardCells = Int32Array<SharedArrayBuffer>;

const ENTRY = entryBeside(import.meta.url, "./stuck-guard-thread");
const TICK_MS = 250;

export class StuckGuard {
  readonly #cells: GuardCells = new Int32Array(new SharedArrayBuffer(12));
  #started = false;

  /** From now to the end of this process, unless told anew. Where no thread can be had there is no guard. */
  allow(stuckMs: number): void {
    Atomics.store(this.#cells, 1, stuckMs);
    if (this.#started) return;
    this.#started = true;
    if (startThread(ENTRY, this.#cells) !== null) setInterval(() => Atomics.add(this.#cells, 0, 1), TICK_MS).unref();
  }
}
