/** What a worker remembers of its run for a coordinator that is started again, and the run's clock on both machines. */

import { agree, type ClockOffset } from "./clock-offset.ts";
import { digestOfLoad, type RunningState } from "./envelope.ts";
import type { FromWorker, Job, ToWorker } from "./protocol.ts";

export class RunMemory {
  /** The state of the load; null when no load has begun. */
  running: RunningState | null = null;
  #clock: ClockOffset = { offsetNs: 0n, boundNs: 0n };
  #job: Job | null = null;

  /** The largest possible error of the run's clock on this machine, in ms. */
  get boundMs(): number {
    return Number(this.#clock.boundNs) / 1e6;
  }

  /**
   * Takes the clock offset of the current coordinator. During a load the first measurement stays, so that the run's clock never
   * jumps. Only when a coordinator came back on another machine, whose clock has another zero, is the origin converted.
   */
  hearClock(clock: ClockOffset): void {
    if (this.running === null) this.#clock = clock;
    else if (!agree(clock, this.#clock)) {
      const originNs = BigInt(this.running.originNs) + this.#clock.offsetNs - clock.offsetNs;
      this.running = { ...this.running, originNs: originNs.toString() };
      this.#clock = clock;
    }
  }

  /** Returns the message with its times converted to this machine's clock. */
  translated(message: ToWorker): ToWorker {
    if (message.type === "job") {
      this.#job = message.job;
      const originNs = (BigInt(message.job.originNs) + this.#clock.offsetNs).toString();
      return { ...message, job: { ...message.job, originNs } };
    }
    if (message.type === "begin") this.running = this.#begun(message);
    else if (message.type === "epoch") this.#note({ epoch: message.epoch });
    return message;
  }

  told(message: FromWorker): void {
    if (message.type === "exhausted") this.#note({ exhausted: true });
    else if (message.type === "done") this.#note({ done: true });
  }

  #begun({ startAtMs, epoch, data }: Extract<ToWorker, { type: "begin" }>): RunningState | null {
    if (this.#job === null) return null;
    const { runId, seed, worker, slot, originNs, plan, baseUrl } = this.#job;
    const load = digestOfLoad(plan, baseUrl);
    const state = { runId, load, seed, worker, slot, originNs, startAtMs, epoch, data };
    return { ...state, exhausted: false, done: false };
  }

  #note(change: Partial<RunningState>): void {
    if (this.running !== null) this.running = { ...this.running, ...change };
  }
}
