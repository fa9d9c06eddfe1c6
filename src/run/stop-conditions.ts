/** Ends the run when one of the plan's stop conditions holds: what is broken is healed first, then the run is judged. */
import { setTimeout as delay } from "node:timers/promises";
import { type Observation, StopWatch } from "../fault/stop-condition.ts";
import { ask } from "../fault/stop-probe.ts";
import type { Operation } from "../history.ts";
import type { Run } from "../run.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { lookAtHealth } from "./health.ts";
import { probeAnswer } from "./probe-answer.ts";

/** How often the load and the health are checked, in milliseconds. */
export interface Looks {
  readonly loadEveryMs: number;
  /** A health check costs the platform something; the shortest allowed streak is many times longer than this. */
  readonly healthEveryMs: number;
}

const LOOKS: Looks = { loadEveryMs: 2_000, healthEveryMs: 10_000 };

export class StopConditions {
  readonly #run: Run;
  readonly #watch: StopWatch;
  readonly #looks: Looks;

  constructor(run: Run, looks: Looks = LOOKS) {
    this.#run = run;
    this.#looks = looks;
    this.#watch = new StopWatch(run.plan.stopWhen);
  }

  operation(operation: Operation): void {
    const answer = probeAnswer(operation);
    if (answer !== null) this.#see({ is: "answer", atMs: answer.atMs, class: answer.class, ok: answer.ok });
  }

  /** Checks the conditions periodically until the signal is aborted; resolves when all checks have ended. */
  async look(signal: AbortSignal): Promise<void> {
    const questions = this.#run.plan.stopWhen.probes;
    const loops = [
      this.#every(this.#looks.loadEveryMs, signal, async () => this.#load()),
      this.#every(this.#looks.healthEveryMs, signal, () => this.#health(signal)),
      ...questions.map((probe) =>
        this.#every(probe.everyMs, signal, async () => {
          const { ok, seen } = await ask(probe, this.#run.planFolder, signal);
          this.#see({ is: "probe", atMs: this.#run.clock.nowMs(), name: probe.name, ok, seen });
        }),
      ),
    ];
    await Promise.all(loops);
  }

  async #every(everyMs: number, signal: AbortSignal, body: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await delay(everyMs, undefined, { signal });
        await body();
      } catch (thrown) {
        if (signal.aborted) return;
        const atMs = this.#run.clock.nowMs();
        this.#run.evidence.event({ atMs, type: "note", source: "stop conditions", says: messageOf(thrown) });
      }
    }
  }

  #load(): void {
    const live = this.#run.parts.live();
    if (live === null) return;
    const { failedFraction, p95Ms } = live;
    this.#see({ is: "load", atMs: this.#run.clock.nowMs(), failedFraction, p95Ms });
  }

  async #health(signal: AbortSignal): Promise<void> {
    if (this.#run.plan.stopWhen.syncStandbyMissingMs === null) return;
    const lines = await lookAtHealth(this.#run, signal);
    this.#see({ is: "health", atMs: this.#run.clock.nowMs(), lines });
  }

  #see(sight: Observation): void {
    const stop = this.#watch.see(sight);
    if (stop === null || this.#run.stop.signal.aborted) return;
    const { condition } = stop;
    const by = `stop condition ${condition}: ${stop.because}`;
    this.#run.evidence.event({ atMs: sight.atMs, type: "control", command: "stop", by, condition, manual: false });
    const expected = `no stop condition to hold`;
    this.#run.stop.abort(new GamedayError({ code: "stop-condition", expected, got: by, exitCode: ExitCode.unknown }));
  }
}
