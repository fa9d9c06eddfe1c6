/** Counts the requests of the simulated load into one interval each second, as a load worker does. */
import type { GeneratorHealth, MetricDelta } from "../../src/interval.ts";
import type { Agenda } from "../../src/platform/fake/agenda.ts";
import type { ReportBehaviour } from "../../src/platform/fake/behaviour.ts";
import { Histogram } from "../../src/std/histogram.ts";
import type { Random } from "../../src/std/random.ts";
import { type FakeRecorder, stamp } from "./recorder.ts";

interface Counts {
  readonly histogram: Histogram;
  failed: number;
}

export interface MeterParts {
  readonly worker: string;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly recorder: FakeRecorder;
  readonly report: ReportBehaviour;
  /** The users alive and the users that the plan wants, now. */
  readonly users: () => { alive: number; intended: number };
}

export class Meter {
  readonly #parts: MeterParts;
  readonly #counts = new Map<string, Counts>();
  #sequence = 0;
  #fromMs = 0;
  #stalledMs = 0;
  #running = false;

  constructor(parts: MeterParts) {
    this.#parts = parts;
  }

  get sequence(): number {
    return this.#sequence;
  }

  begin(): void {
    this.#running = true;
    this.#fromMs = this.#parts.agenda.nowMs;
    this.#tick();
  }

  /** Writes the last, shorter interval and stops. */
  end(): void {
    if (this.#running) this.#flush();
    this.#running = false;
  }

  /** Loses the worker: nothing more is written, not even the last second. */
  lose(): void {
    this.#running = false;
  }

  count(name: string, ms: number, failed: boolean): void {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = { histogram: new Histogram(), failed: 0 };
      this.#counts.set(name, counts);
    }
    counts.histogram.record(ms);
    if (failed) counts.failed++;
  }

  /** Records that the generator stood still for this long. */
  stalled(forMs: number): void {
    this.#stalledMs = forMs;
  }

  #tick(): void {
    this.#parts.agenda.after(1000, () => {
      if (!this.#running) return;
      this.#flush();
      this.#tick();
    });
  }

  #flush(): void {
    const { worker, agenda, recorder, users } = this.#parts;
    const { alive, intended } = users();
    recorder.intervals.push({
      worker,
      epoch: 0,
      sequence: ++this.#sequence,
      fromMs: stamp(this.#fromMs),
      toMs: stamp(agenda.nowMs),
      users: alive,
      usersIntended: intended,
      dropped: 0,
      metrics: this.#metrics(),
      health: this.#health(),
    });
    this.#fromMs = agenda.nowMs;
    this.#stalledMs = 0;
  }

  #metrics(): MetricDelta[] {
    const metrics: MetricDelta[] = [];
    for (const [name, { histogram, failed }] of this.#counts) {
      if (histogram.count === 0) continue;
      metrics.push({ metric: `http_req_duration{name:${name}}`, failed, ...histogram.snapshot() });
      histogram.reset();
    }
    for (const counts of this.#counts.values()) counts.failed = 0;
    return metrics;
  }

  #health(): GeneratorHealth {
    const { random, report } = this.#parts;
    const busy = report.generatorOverloaded;
    const lagMs = Math.max(this.#stalledMs, busy ? 900 + random.float() * 600 : random.float() * 4);
    return {
      loopDelayMsP99: stamp(busy ? lagMs / 2 : 1 + random.float() * 3),
      loopDelayMsMax: stamp(2 + lagMs),
      cpu: busy ? 0.99 : 0.15 + random.float() * 0.1,
      rssBytes: 90_000_000,
      gcPauseMs: stamp(random.float() * 3),
      sendLagMsP50: stamp(busy ? lagMs / 3 : random.float() * 0.5),
      sendLagMsMax: stamp(lagMs),
    };
  }
}
