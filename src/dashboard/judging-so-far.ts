/** Judges the objectives of runs in progress so far, as rarely as a small share of a core demands. */
import type { Judges } from "./judging.ts";
import type { LiveRun } from "./live/run.ts";

/** Judging so far may use this share of a core. */
const SHARE = 0.01;
const EVERY_MS_MIN = 5_000;
/** What is written so far may not be enough to be judged. */
const AGAIN_AFTER_MS = 60_000;

interface Turn {
  nextAtMs: number;
  isBusy: boolean;
  /** The number of events that were judged last. */
  lines: number;
}

export class JudgingSoFar {
  readonly #judges: Judges;
  readonly #monotonicMs: () => number;
  readonly #turns = new Map<string, Turn>();

  constructor(judges: Judges, monotonicMs: () => number) {
    this.#judges = judges;
    this.#monotonicMs = monotonicMs;
  }

  /** Judges the run in the background if it is its turn and something has happened since the last time. */
  consider(run: LiveRun): void {
    if (run.surroundings.isOver || (run.record.plan.objectives ?? []).length === 0) return;
    const now = this.#monotonicMs();
    const turn = this.#turns.get(run.id) ?? { nextAtMs: now + EVERY_MS_MIN, isBusy: false, lines: 0 };
    this.#turns.set(run.id, turn);
    if (turn.isBusy || now < turn.nextAtMs || run.fold.course.lines === turn.lines) return;
    void this.#judge(run, turn);
  }

  forget(id: string): void {
    this.#turns.delete(id);
  }

  async #judge(run: LiveRun, turn: Turn): Promise<void> {
    turn.isBusy = true;
    turn.lines = run.fold.course.lines;
    const asOfMs = run.clock.nowMs();
    try {
      const { verdict, cpuMs } = await this.#judges.judge({ folder: run.folder, stage: "going on" });
      run.assess(verdict.objectives, asOfMs);
      turn.nextAtMs = this.#monotonicMs() + Math.max(EVERY_MS_MIN, cpuMs / SHARE);
    } catch {
      turn.nextAtMs = this.#monotonicMs() + AGAIN_AFTER_MS;
    }
    turn.isBusy = false;
  }
}
