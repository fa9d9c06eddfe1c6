/**
 * Follows the course of a run's load: records begin, steady, ramp-down and end in the timeline, and decides how long the load
 * stays.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Run, Running } from "../run.ts";

type Edge = "begin" | "steady" | "ramp-down" | "end";

export class LoadCourse {
  readonly #run: Run;
  #load: Running | null = null;
  #steadyAtMs = 0;
  #exhausted = false;

  constructor(run: Run) {
    this.#run = run;
  }

  begin(): void {
    this.#edge("begin", 0);
  }

  /** Follows the load after its start: if its iterations are used up before its end, there are no users from then on. */
  began(load: Running): void {
    this.#load = load;
    void load.exhausted?.then(() => {
      this.#exhausted = true;
      this.#edge("ramp-down", 0);
    });
  }

  /** Waits until all users or arrivals are present and the platform is warm. */
  async rampUp(): Promise<void> {
    const { stages } = this.#run.plan.load;
    await this.#wait(stages.reduce((sum, stage) => sum + stage.durationMs, 0));
    this.#steadyAtMs = this.#run.clock.nowMs();
    this.#edge("steady", stages.at(-1)?.target ?? 0);
    await this.#wait(this.#run.plan.warmUpMs);
  }

  /** Waits for the calm after the last experiment: as long as the plan requires the load to stay, or its iterations take. */
  async remain(): Promise<void> {
    const { calmMs, plateauMs = 0, load } = this.#run.plan;
    await this.#wait(Math.max(calmMs, this.#leftOf(Math.max(plateauMs, load.holdMs ?? 0))));
    if (load.iterationsWithinMs !== undefined) await this.#iterationsDone(this.#leftOf(load.iterationsWithinMs));
  }

  rampDown(): void {
    if (!this.#exhausted) this.#edge("ramp-down", this.#run.plan.load.stages.at(-1)?.target ?? 0);
  }

  end(): void {
    this.#edge("end", 0);
  }

  async #iterationsDone(withinMs: number): Promise<void> {
    const exhausted = this.#load?.exhausted;
    if (exhausted === undefined || withinMs <= 0) return;
    const done = new AbortController();
    const late = delay(withinMs, undefined, { signal: AbortSignal.any([done.signal, this.#run.stop.signal]) });
    try {
      await Promise.race([exhausted, late]);
    } finally {
      done.abort();
      await late.catch(() => undefined); // it was aborted, or it ended the wait itself
    }
  }

  /** Returns what is left of a time that began when the load was complete. */
  #leftOf(lastsMs: number): number {
    return this.#steadyAtMs + lastsMs - this.#run.clock.nowMs();
  }

  async #wait(forMs: number): Promise<void> {
    await delay(Math.max(0, forMs), undefined, { signal: this.#run.stop.signal });
  }

  #edge(edge: Edge, users: number): void {
    this.#run.evidence.event({ atMs: this.#run.clock.nowMs(), type: "load", edge, users });
  }
}
