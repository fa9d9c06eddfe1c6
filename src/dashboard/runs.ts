/**
 * The runs of a folder: lists them, opens those that somebody asks for, and keeps the opened ones up to date for as long as
 * somebody uses them.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../api/run.ts";
import type { AliveRun, Machine } from "../dashboard.ts";
import { WatcherCount } from "./fanout.ts";
import { filesOf, folderNow, isRunThere, lastEventMs, RUN_ID, recordOf, runFolders } from "./folders.ts";
import { judgeApart } from "./judging.ts";
import { kindOf, type Surroundings } from "./live/parts.ts";
import { LiveRun } from "./live/run.ts";
import { ProblemError } from "./problems.ts";

const TICK_MS = 100;
/** Looking asks every process that may be a run, so it is rare; near the end of a run, and for requests, it is more frequent. */
const LOOK_EVERY_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;
const BEAT_EVERY_MS = 10_000;
/** What is not watched any more is kept for this long, so that a reload is quick. */
const KEEP_MS = 60_000;
const OPEN_MAX = 12;
/** The CPU time that reading may take in a row before other requests have their turn. */
const READ_MS_MAX = 20;
/** Judging so far may use this share of a core. */
const JUDGING_SHARE = 0.01;
const JUDGING_EVERY_MS_MIN = 5_000;
/** How long a request waits for an old run to be read to its end before it is answered with what is read. */
const CATCH_UP_MS_MAX = 20_000;

export interface RunsOptions {
  readonly folder: string;
  readonly machine: Machine;
  readonly epoch: string;
  readonly isReadOnly: boolean;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
  readonly log: (line: string) => void;
}

export class Runs implements AsyncDisposable {
  readonly folder: string;
  readonly watchers = new WatcherCount();
  readonly #options: RunsOptions;
  readonly #open = new Map<string, LiveRun>();
  readonly #judging = new Map<string, { nextAtMs: number; busy: boolean; lines: number }>();
  readonly #timer: NodeJS.Timeout;
  #alive: readonly AliveRun[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #beatAtMs = 0;
  #looking: Promise<void> | null = null;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const run of this.#open.values()) run[Symbol.dispose]();
    await this.#looking;
  }

  /** Returns the ids of all runs, newest first. */
  ids(): string[] {
    return runFolders(this.folder);
  }

  async summary(id: string): Promise<RunSummary> {
    await this.look();
    const folder = join(this.folder, id);
    const record = recordOf(folder);
    if (typeof record === "string") return damaged(id, record);
    const now = folderNow(folder, this.#isAlive(record.runId));
    const open = this.#open.get(id);
    return {
      id,
      kind: kindOf(record.plan),
      state: open?.surroundings.state ?? now.state,
      plan: record.plan.name ?? id,
      platform: record.plan.platform?.kind ?? "unknown",
      seed: record.seed ?? "",
      startedAt: record.startedAt ?? null,
      durationMs: open?.isCaughtUp === true ? open.clock.nowMs() : lastEventMs(folder),
      phase: open?.fold.course.phase ?? null,
      verdict: now.verdict?.verdict ?? null,
      sentence: now.verdict?.sentence ?? null,
      trouble: now.trouble,
    };
  }

  /** Opens a run and returns it once it is read to its end. Throws 404 if it does not exist, 422 if it cannot be read. */
  async open(id: string): Promise<LiveRun> {
    const run = await this.begun(id);
    const untilMs = this.#options.monotonicMs() + CATCH_UP_MS_MAX;
    // Nobody may be watching it, so that what was written since is not read yet.
    while (this.#read(run) && this.#options.monotonicMs() < untilMs)
      await new Promise((resolve) => setImmediate(resolve));
    run.send();
    return run;
  }

  /** Opens a run, and returns it even if most of it is still to be read. */
  async begun(id: string): Promise<LiveRun> {
    await this.look();
    const folder = this.folderOf(id);
    const known = this.#open.get(id);
    if (known !== undefined && !known.isGone && !known.isReplaced) {
      known.usedAtMs = this.#options.monotonicMs();
      return known;
    }
    const record = recordOf(folder);
    if (typeof record === "string") throw unreadable(record);
    known?.[Symbol.dispose]();
    const run = new LiveRun(
      { ...this.#options, folder, id, record, watchers: this.watchers },
      this.#around(folder, record.runId),
    );
    this.#open.set(id, run);
    this.#close();
    return run;
  }

  /** Returns the folder of a run. Throws 404 unless it exists within the runs folder itself, links followed. */
  folderOf(id: string): string {
    const folder = join(this.folder, id);
    try {
      if (!RUN_ID.test(id) || !isRunThere(folder)) throw new Error("none");
      if (realpathSync(folder) !== join(realpathSync(this.folder), id)) throw new Error("elsewhere");
      return folder;
    } catch {
      throw new ProblemError({
        status: 404,
        code: "no-such-run",
        expected: "the id of a run",
        got: "another name",
        hint: "GET /api/v1/runs lists them",
      });
    }
  }

  /** Looks again at processes, verdicts and files now, after something was changed. */
  async lookAgain(): Promise<void> {
    this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    await this.look();
  }

  get running(): number {
    return this.#alive.length;
  }

  #isAlive(runId: string): boolean {
    return this.#alive.some((one) => one.runId === runId);
  }

  /** Looks at the machine and at all open runs, at most so often. */
  look(everyMs = LOOK_AGAIN_MS): Promise<void> {
    if (this.#looking !== null) return this.#looking;
    if (this.#options.monotonicMs() - this.#lookedAtMs < everyMs) return Promise.resolve();
    this.#looking = this.#lookNow().finally(() => {
      this.#looking = null;
      this.#lookedAtMs = this.#options.monotonicMs();
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    this.#alive = await this.#options.machine.aliveRuns().catch(() => []);
    for (const run of this.#open.values()) {
      if (!isRunThere(run.folder)) run.gone("the run folder was deleted");
      else run.around(this.#around(run.folder, run.record.runId));
    }
  }

  #around(folder: string, runId: string): Surroundings {
    const alive = this.#alive.find((one) => one.runId === runId);
    const { state, trouble, verdict } = folderNow(folder, alive !== undefined);
    return {
      state,
      trouble,
      verdict,
      isOver: alive === undefined || state === "ended",
      isControllable: alive?.isControllable === true,
      isSwitchOn: this.#options.machine.killSwitch.read().on,
      isReadOnly: this.#options.isReadOnly,
      files: filesOf(folder),
    };
  }

  #tick(): void {
    const now = this.#options.monotonicMs();
    const used = [...this.#open.values()].filter((run) => run.fanout.watchers > 0 || !run.isCaughtUp);
    for (const run of used) {
      this.#guarded(run, () => {
        this.#read(run);
        run.send();
        this.#judgeSoFar(run, now);
      });
      run.usedAtMs = now;
    }
    const isEnding = used.some(({ fold, surroundings }) => fold.course.isClosed && !surroundings.isOver);
    if (used.length > 0) void this.look(isEnding ? LOOK_AGAIN_MS : LOOK_EVERY_MS);
    if (now - this.#beatAtMs < BEAT_EVERY_MS) return;
    this.#beatAtMs = now;
    for (const run of used) run.fanout.beat();
    this.#close();
  }

  /** Reads what is new, for a moment. Returns whether there is more. */
  #read(run: LiveRun): boolean {
    const untilMs = this.#options.monotonicMs() + READ_MS_MAX;
    while (run.read()) if (this.#options.monotonicMs() >= untilMs) return true;
    return false;
  }

  /** One run that cannot be read must not take the others with it. */
  #guarded(run: LiveRun, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#options.log(`run ${run.id}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      run.gone("the run folder cannot be read any more");
    }
  }

  /** Computes the objectives so far in another thread, as rarely as its share of a core demands. */
  #judgeSoFar(run: LiveRun, now: number): void {
    const { objectives } = run.record.plan;
    if (run.surroundings.isOver || (objectives ?? []).length === 0) return;
    const state = this.#judging.get(run.id) ?? { nextAtMs: now + JUDGING_EVERY_MS_MIN, busy: false, lines: 0 };
    this.#judging.set(run.id, state);
    if (state.busy || now < state.nextAtMs || run.fold.course.lines === state.lines) return;
    state.busy = true;
    state.lines = run.fold.course.lines;
    const asOfMs = run.clock.nowMs();
    judgeApart({ folder: run.folder, stage: "going on" })
      .then(({ verdict, cpuMs }) => {
        run.assessed = { objectives: verdict.objectives, asOfMs, isJudged: false };
        state.nextAtMs = this.#options.monotonicMs() + Math.max(JUDGING_EVERY_MS_MIN, cpuMs / JUDGING_SHARE);
      })
      .catch(() => {
        state.nextAtMs = this.#options.monotonicMs() + 60_000; // what is written so far cannot be judged yet
      })
      .finally(() => {
        state.busy = false;
      });
  }

  /** Closes what nobody has used for a while. */
  #close(): void {
    const now = this.#options.monotonicMs();
    const unused = [...this.#open.values()]
      .filter((run) => run.fanout.watchers === 0 && run.isCaughtUp)
      .sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const run of unused) {
      if (this.#open.size <= OPEN_MAX && now - run.usedAtMs < KEEP_MS) continue;
      run[Symbol.dispose]();
      this.#open.delete(run.id);
      this.#judging.delete(run.id);
    }
  }
}

function damaged(id: string, trouble: string): RunSummary {
  const unknown = { plan: id, platform: "unknown", seed: "", startedAt: null, durationMs: null, phase: null };
  return { id, kind: "game-day", state: "damaged", ...unknown, verdict: null, sentence: null, trouble };
}

function unreadable(got: string): ProblemError {
  return new ProblemError({ status: 404, code: "not-a-run-folder", expected: "a run folder that can be read", got });
}
