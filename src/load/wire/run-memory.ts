/** What a worker remembers of its run for a coordinator that starts anew, and the run's clock on both machines. */

import { agree, type ClockOffset } from "./clock-offset.ts";
import { digestOfLoad, type RunningState } from "./envelope.ts";
import type { FromWorker, Job, ToWorker } from "./protocol.ts";

export class RunMemory {
  /** Null: there is no load yet. */
  running: RunningState | null = null;
  #clock: ClockOffset = { offsetNs: 0n, boundNs: 0n };
  #job: Job | null = null;

  /** The run's clock is off by at most this. */
  get boundMs(): number {
    return Number(this.#clock.boundNs) / 1e6;
  }

  /**
   * The clock of the coordinator that answers now. During a load the first measure stays, so that the run's clock never
   * jumps; but a coordinator that came back on another machine counts from another zero.
   */
  hearClock(clock: ClockOffset): void {
    if (this.running === null) this.#clock = clock;
    else if (!agree(clock, this.#clock)) {
      const originNs = BigInt(this.running.originNs) + this.#clock.offsetNs - clock.offsetNs;
      this.running = { ...this.running, originNs: originNs.toString() };
      this.#clock = clock;
    }
  }

  /** The message with times of this machine. */
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
