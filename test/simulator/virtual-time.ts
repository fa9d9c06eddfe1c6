/** A clock and Node's timers that advance only on request, as fast as the code that waits for them can follow. */
import { syncBuiltinESMExports } from "node:module";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/std/clock.ts";

const STEP_MS = 10;
/** Nothing that is simulated lasts longer; what exceeds this number of steps hangs. */
const STEPS_MAX = 120_000;

/** Only one may exist at a time, because it replaces the timers of the whole process. Dispose it to put them back. */
export class VirtualTime implements Clock, Disposable {
  readonly originNs = "0";
  #nowMs = 0;

  constructor() {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    // By hand, because mock.method keeps every call with its stack, which holds the memory of every simulated run.
    Object.defineProperty(performance, "now", { value: () => this.#nowMs, configurable: true, writable: true });
    syncBuiltinESMExports(); // This also covers what was imported by name.
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Advances the time until the work is done. Time stops while one of our child processes runs, because it does not know this
   * clock.
   */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    for (let step = 0; !isDone && step < STEPS_MAX; ) {
      await turn();
      if (process.getActiveResourcesInfo().includes("ProcessWrap")) continue;
      step++;
      this.#nowMs += STEP_MS;
      mock.timers.tick(STEP_MS);
    }
    if (!isDone) throw new Error(`expected an end within ${(STEPS_MAX * STEP_MS) / 1000} virtual seconds`);
    return await work;
  }

  [Symbol.dispose](): void {
    mock.timers.reset();
    Reflect.deleteProperty(performance, "now"); // This uncovers the prototype's own.
    syncBuiltinESMExports();
  }
}
