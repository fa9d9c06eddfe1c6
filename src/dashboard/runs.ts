/**
 * The runs of a folder: lists them, opens those that somebody asks for, and keeps the opened ones up to date for as long as
 * somebody uses them.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../api/run.ts";
import type { AliveRun, HostMachine } from "../dashboard.ts";
import { messageOf } from "../std/errors.ts";
import { WatcherCount } from "./fanout.ts";
import { filesOf, folderNow, isRunThere, lastEventMs, RUN_ID, recordOf, runFolders } from "./folders.ts";
import type { Judges } from "./judging.ts";
import { JudgingSoFar } from "./judging-so-far.ts";
import { kindOf, type Surroundings } from "./live/parts.ts";
import { LiveRun, type RunReaderOptions } from "./live/run.ts";
import { ProblemError } from "./problems.ts";

/** Beats and seconds may wait so long; events are noticed at once. */
const TICK_MS = 200;
/** Events that come together are sent together. */
const NUDGED_MS = 5;
/** Looking asks every process that may be a run, so it is rare; near the end of a run, and for requests, it is more frequent. */
const LOOK_EVERY_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;
const BEAT_EVERY_MS = 10_000;
/** What is not watched any more is kept for this long, so that a reload is quick. */
const KEEP_MS = 60_000;
const OPEN_MAX = 12;
/** The time that reading may take in a row before other requests have their turn. */
const READ_MS_MAX = 20;
/** How long a request waits for an old run to be read to its end before it is answered with what is read. */
const CATCH_UP_MS_MAX = 20_000;

export interface RunsOptions extends RunReaderOptions {
  readonly folder: string;
  readonly machine: HostMachine;
  readonly judges: Judges;
  readonly isReadOnly: boolean;
  readonly log: (line: string) => void;
}

export class Runs implements AsyncDisposable {
  readonly folder: string;
  readonly watchers = new WatcherCount();
  readonly #options: RunsOptions;
  readonly #open = new Map<string, LiveRun>();
  readonly #judging: JudgingSoFar;
  readonly #timer: NodeJS.Timeout;
  #reading: NodeJS.Timeout | null = null;
  #alive: readonly AliveRun[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #beatAtMs = 0;
  #looking: Promise<void> | null = null;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.#judging = new JudgingSoFar(options.judges, options.monotonicMs);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    void this.look(); // so that the first who asks need not wait for it
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if (this.#reading !== null) clearTimeout(this.#reading);
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
      state: open?.runState ?? now.state,
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
    while (this.#read(run, this.#options.monotonicMs() + READ_MS_MAX) && this.#options.monotonicMs() < untilMs)
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
    const nudged = () => this.#readSoon(NUDGED_MS);
    const run = new LiveRun(
      { ...this.#options, folder, id, record, nudged, watchers: this.watchers },
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
    await this.#looking; // a look that began before the change may not have seen it
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
    this.#alive = await this.#options.machine.aliveRuns().catch((thrown: unknown) => {
      this.#options.log(`the runs in progress are not known: ${messageOf(thrown)}`);
      return this.#alive; // a run is not over because nobody could look
    });
    for (const run of this.#open.values())
      this.#guarded(run, () => {
        if (!isRunThere(run.folder)) run.gone("the run folder was deleted");
        else run.around(this.#around(run.folder, run.record.runId));
      });
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
    this.#readOn();
    const used = this.#used();
    for (const run of used) {
      run.usedAtMs = now;
      this.#judging.consider(run);
    }
    const isEnding = used.some(({ fold, surroundings }) => fold.course.isClosed && !surroundings.isOver);
    if (used.length > 0) void this.look(isEnding ? LOOK_AGAIN_MS : LOOK_EVERY_MS);
    if (now - this.#beatAtMs < BEAT_EVERY_MS) return;
    this.#beatAtMs = now;
    for (const run of used) run.fanout.beat();
    this.#close();
  }

  /** Returns the runs that are watched or still being read, those first that are read to their end: they cost least. */
  #used(): LiveRun[] {
    const used = [...this.#open.values()].filter((run) => run.fanout.watchers > 0 || !(run.isCaughtUp || run.isGone));
    return used.sort((a, b) => Number(b.isCaughtUp) - Number(a.isCaughtUp) || a.readAtMs - b.readAtMs);
  }

  /**
   * Reads on in all runs that are used, for a moment in all, and sends what changed. While there is more it goes on soon: at half
   * speed where a run is in progress, which may need the core for its load.
   */
  #readOn(): void {
    const untilMs = this.#options.monotonicMs() + READ_MS_MAX;
    let hasMore = false;
    for (const run of this.#used()) {
      this.#guarded(run, () => {
        hasMore = this.#read(run, untilMs) || hasMore;
        run.send();
      });
      // Whoever watches it connects again, and then sees what is there now.
      if (run.isReplaced) this.#forget(run);
    }
    if (hasMore) this.#readSoon(this.#alive.length > 0 ? READ_MS_MAX : 0);
  }

  #readSoon(afterMs: number): void {
    this.#reading ??= setTimeout(() => {
      this.#reading = null;
      this.#readOn();
    }, afterMs);
  }

  /** Reads what is new in a run, for a moment. Returns whether there is more. */
  #read(run: LiveRun, untilMs: number): boolean {
    if (run.isGone) return false;
    do {
      if (this.#options.monotonicMs() >= untilMs) return true;
      run.readAtMs = this.#options.monotonicMs();
    } while (run.read());
    return false;
  }

  /** One run that cannot be read must not take the others with it. */
  #guarded(run: LiveRun, work: () => void): void {
    if (run.isGone) return;
    try {
      work();
    } catch (thrown) {
      this.#options.log(`run ${run.id}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      run.gone("the run folder cannot be read any more");
    }
  }

  /** Closes what nobody has used for a while. */
  #close(): void {
    const now = this.#options.monotonicMs();
    const unused = [...this.#open.values()]
      .filter((run) => run.fanout.watchers === 0 && (run.isCaughtUp || run.isGone))
      .sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const run of unused) {
      if (this.#open.size <= OPEN_MAX && now - run.usedAtMs < KEEP_MS) continue;
      this.#forget(run);
    }
  }

  #forget(run: LiveRun): void {
    run[Symbol.dispose]();
    this.#open.delete(run.id);
    this.#judging.forget(run.id);
  }
}

function damaged(id: string, trouble: string): RunSummary {
  const unknown = { plan: id, platform: "unknown", seed: "", startedAt: null, durationMs: null, phase: null };
  return { id, kind: "game-day", state: "damaged", ...unknown, verdict: null, sentence: null, trouble };
}

function unreadable(got: string): ProblemError {
  return new ProblemError({ status: 404, code: "not-a-run-folder", expected: "a run folder that can be read", got });
}
