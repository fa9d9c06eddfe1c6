/**
 * What people may change while a run goes on: who may break something now, which faults are held and can be healed early, and the
 * load. Only one group of faults is in force at a time, whether the plan or a person injects it, so that each has a window of its
 * own and an outage has one cause.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Running } from "../run.ts";

export class Steering {
  readonly #held = new Map<string, AbortController>();
  readonly #tasks = new Set<Promise<void>>();
  #taken: Promise<void> | null = null;
  #load: Running | null = null;
  /** The number of times that the load was changed by hand: the version that the next change must name. */
  loadChanges = 0;
  /** The number of faults that were injected by hand. */
  faultsByHand = 0;

  /** Waits until nothing else may be broken, and takes the right to break. Disposing gives it back. */
  async take(signal: AbortSignal): Promise<Disposable> {
    for (;;) {
      const right = this.tryTake();
      if (right !== null) return right;
      signal.throwIfAborted();
      await this.#taken;
    }
  }

  /** Takes the right to break, or returns null if something is broken, or about to be. */
  tryTake(): Disposable | null {
    if (this.#taken !== null) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#taken = promise;
    return {
      [Symbol.dispose]: () => {
        this.#taken = null;
        resolve();
      },
    };
  }

  /** Holds a fault for its time, or until somebody heals it early. Throws the signal's reason if that is aborted. */
  async hold(experiment: string, holdMs: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.#held.set(experiment, early);
    try {
      await delay(holdMs, undefined, { signal: AbortSignal.any([signal, early.signal]) });
    } catch (thrown) {
      if (signal.aborted || !early.signal.aborted) throw thrown;
    } finally {
      this.#held.delete(experiment);
    }
  }

  /** Ends the hold of a fault; it is healed now. Returns false if it is not held. */
  healNow(experiment: string): boolean {
    const held = this.#held.get(experiment);
    held?.abort();
    return held !== undefined;
  }

  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** The load while it can be changed; null before it has begun and after it has ended. */
  get load(): Running | null {
    return this.#load;
  }

  loadBegan(load: Running): void {
    this.#load = load;
  }

  loadEnds(): void {
    this.#load = null;
  }

  /** Goes on beside the plan; the run waits for it before its load ends. */
  beside(task: Promise<void>): void {
    const settled = task.catch(() => undefined).finally(() => this.#tasks.delete(settled));
    this.#tasks.add(settled);
  }

  /** Resolves when nothing goes on beside the plan any more. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }
}
