/** Measures the generator itself: loop delay, CPU, memory, garbage collection, and how late it sends. */
import { PerformanceObserver } from "node:perf_hooks";
import type { GeneratorHealth } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";

const PROBE_MS = 20;
/** A stall at least this long leaves a gap in what was sent, and is reported as a gap. */
export const STALL_MS = 250;

export interface ProcessFigures {
  cpuSeconds(): number;
  rssBytes(): number;
}

export class HealthWatch {
  readonly #figures: ProcessFigures;
  readonly #onStall: (forMs: number) => void;
  readonly #delays = new Histogram();
  readonly #lags = new Histogram();
  readonly #observer: PerformanceObserver;
  #gcMs = 0;
  #expectedMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #sinceMs = performance.now();
  #cpuSeconds: number;

  constructor(figures: ProcessFigures, onStall: (forMs: number) => void) {
    this.#figures = figures;
    this.#onStall = onStall;
    this.#cpuSeconds = figures.cpuSeconds();
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#gcMs += entry.duration;
    });
    this.#observer.observe({ entryTypes: ["gc"] });
    this.#probe();
  }

  /** Records how late a call was begun after it was due. */
  sendLag(lateMs: number): void {
    this.#lags.record(Math.max(0, lateMs));
  }

  /** Returns the figures since the last call. */
  take(): GeneratorHealth {
    const now = performance.now();
    const cpuSeconds = this.#figures.cpuSeconds();
    const health = {
      loopDelayMsP99: round(this.#delays.quantile(0.99) ?? 0),
      loopDelayMsMax: round(this.#delays.quantile(1) ?? 0),
      cpu: round((cpuSeconds - this.#cpuSeconds) / Math.max(1e-3, (now - this.#sinceMs) / 1000)),
      rssBytes: this.#figures.rssBytes(),
      gcPauseMs: round(this.#gcMs),
      sendLagMsP50: round(this.#lags.quantile(0.5) ?? 0),
      sendLagMsMax: round(this.#lags.quantile(1) ?? 0),
    };
    this.#cpuSeconds = cpuSeconds;
    this.#sinceMs = now;
    this.#gcMs = 0;
    this.#delays.reset();
    this.#lags.reset();
    return health;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#observer.disconnect();
  }

  #probe(): void {
    const now = performance.now();
    if (this.#expectedMs > 0) {
      const late = Math.max(0, now - this.#expectedMs);
      this.#delays.record(late);
      if (late >= STALL_MS) this.#onStall(late);
    }
    this.#expectedMs = now + PROBE_MS;
    this.#timer = setTimeout(() => this.#probe(), PROBE_MS);
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
