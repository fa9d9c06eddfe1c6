/** Decides from the generator's own health over a load whether it was the bottleneck, and so measured itself. */

import { unopenedIn } from "../../interval/unopened.ts";
import type { Interval } from "../../interval.ts";
import { CPU_MAX, isStalled, LOOP_DELAY_MS_MAX, SEND_LAG_MS_MAX, stallsAllowed } from "../../objective/generator.ts";
import { Histogram } from "../../std/histogram.ts";

export interface GeneratorReport {
  readonly workers: number;
  readonly cpuMax: number;
  readonly rssBytesMax: number;
  readonly loopDelayMsP99: number;
  readonly loopDelayMsMax: number;
  readonly gcPauseMs: number;
  readonly sendLagMsP50: number;
  readonly sendLagMsMax: number;
  readonly dropped: number;
  /** Calls that failed because this machine had no port or descriptor left. */
  readonly unopened: number;
  /** Reasons why latency must not be trusted; empty when the generator kept pace. */
  readonly bottlenecks: readonly string[];
}

export class GeneratorWatch {
  readonly #workers = new Set<string>();
  readonly #delays = new Histogram();
  readonly #lags = new Histogram();
  #intervals = 0;
  #stalled = 0;
  #busy = 0;
  #late = 0;
  #slow = 0;
  #cpuMax = 0;
  #rssBytesMax = 0;
  #loopDelayMsMax = 0;
  #sendLagMsMax = 0;
  #gcPauseMs = 0;
  #dropped = 0;
  #unopened = 0;

  add(interval: Interval): void {
    const { worker, dropped, health, metrics } = interval;
    if (isStalled(interval)) this.#stalled++;
    this.#workers.add(worker);
    this.#intervals++;
    this.#dropped += dropped;
    this.#unopened += unopenedIn(metrics);
    this.#delays.record(health.loopDelayMsP99);
    this.#lags.record(health.sendLagMsP50);
    if (health.cpu > CPU_MAX) this.#busy++;
    if (health.sendLagMsP50 > SEND_LAG_MS_MAX) this.#late++;
    if (health.loopDelayMsP99 > LOOP_DELAY_MS_MAX) this.#slow++;
    this.#cpuMax = Math.max(this.#cpuMax, health.cpu);
    this.#rssBytesMax = Math.max(this.#rssBytesMax, health.rssBytes);
    this.#loopDelayMsMax = Math.max(this.#loopDelayMsMax, health.loopDelayMsMax);
    this.#sendLagMsMax = Math.max(this.#sendLagMsMax, health.sendLagMsMax);
    this.#gcPauseMs += health.gcPauseMs;
  }

  report(): GeneratorReport {
    return {
      workers: this.#workers.size,
      cpuMax: this.#cpuMax,
      rssBytesMax: this.#rssBytesMax,
      loopDelayMsP99: this.#delays.quantile(0.99) ?? 0,
      loopDelayMsMax: this.#loopDelayMsMax,
      gcPauseMs: this.#gcPauseMs,
      sendLagMsP50: this.#lags.quantile(0.5) ?? 0,
      sendLagMsMax: this.#sendLagMsMax,
      dropped: this.#dropped,
      unopened: this.#unopened,
      bottlenecks: this.#bottlenecks(),
    };
  }

  #bottlenecks(): string[] {
    const isTooOften = Math.max(this.#stalled, this.#busy) > stallsAllowed(this.#intervals, this.#workers.size);
    return [...(isTooOften ? this.#stalls() : []), ...this.#losses()];
  }

  /** Explains the stalls, by cause. */
  #stalls(): string[] {
    const share = (count: number) => `${count} of ${this.#intervals} seconds of workers`;
    const causes: [count: number, says: string][] = [
      [this.#busy, `CPU above ${CPU_MAX * 100} % of a core in ${share(this.#busy)}: use more workers, or more cores`],
      [this.#late, `calls begun more than ${SEND_LAG_MS_MAX} ms late in ${share(this.#late)}: use more workers`],
      [
        this.#slow,
        `the event loop blocked for more than ${LOOP_DELAY_MS_MAX} ms in ${share(this.#slow)}: the script computes too long, or the machine is too busy`,
      ],
    ];
    return causes.filter(([count]) => count > 0).map(([, says]) => says);
  }

  /** Explains what was not sent at all. Even one such call or arrival is too many. */
  #losses(): string[] {
    const found: string[] = [];
    if (this.#dropped > 0)
      found.push(
        `${this.#dropped} arrivals dropped because no user was ready: raise --max-vus, or see why onStart fails`,
      );
    if (this.#unopened > 0)
      found.push(
        `${this.#unopened} calls failed because this machine had no local port or descriptor left (see notes): not the platform's trouble`,
      );
    return found;
  }
}
