/**
 * One run as it is watched: reads its folder as it grows, folds it, and sends what changed to everybody who watches. It only
 * reads: the run neither knows nor waits for it.
 */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { LiveObjective, LiveState } from "../../api/live.ts";
import type { RunResource } from "../../api/run.ts";
import { TIMELINE_FILE } from "../../evidence/files.ts";
import type { RunRecord } from "../../evidence.ts";
import type { ObjectiveVerdict } from "../../objective.ts";
import { readSeconds } from "../../second/file.ts";
import { isThere } from "../../std/regular-file.ts";
import { Fanout, type WatcherCount } from "../fanout.ts";
import { RunClock } from "./clock.ts";
import { LiveFold } from "./fold.ts";
import { ChangedFrames, ROWS_MAX } from "./frames.ts";
import { LiveLines } from "./lines.ts";
import { Nudge } from "./nudge.ts";
import { type Assessed, objectivesNow, Trends } from "./objectives.ts";
import { type PartsNow, partsOf, type Surroundings } from "./parts.ts";
import { totalsOf } from "./totals.ts";

/** The lines that are folded before others may have their turn; about 10 ms of work. */
const LINES_AT_ONCE = 1_000;
/** A run that is caught up with this many new lines at a time is sent as a new snapshot instead. */
const EVENTS_AT_ONCE_MAX = 200;

/** What all readers of a server share. */
export interface RunReaderOptions {
  /** Changes with each start of the server, so that ids of frames from an earlier one are recognised. */
  readonly epoch: string;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

export interface LiveRunOptions extends RunReaderOptions {
  readonly folder: string;
  readonly id: string;
  readonly record: RunRecord;
  readonly watchers: WatcherCount;
  /** Called when the timeline of a run in progress has grown. */
  readonly nudged: () => void;
}

export class LiveRun implements Disposable {
  readonly id: string;
  readonly folder: string;
  readonly record: RunRecord;
  readonly fanout: Fanout;
  readonly clock: RunClock;
  readonly #options: LiveRunOptions;
  readonly #lines: LiveLines;
  readonly fold: LiveFold;
  #surroundings: Surroundings;
  #assessed: Assessed | null = null;
  readonly #trends = new Trends();
  readonly #frames: ChangedFrames;
  readonly #nudge: Nudge | null;
  #isPreloaded = false;
  #totals: LiveState["totals"] = null;
  isCaughtUp = false;
  isGone = false;
  /** When somebody last asked for this run, and when it was last read, by the monotonic clock. */
  usedAtMs = 0;
  readAtMs = 0;

  constructor(options: LiveRunOptions, surroundings: Surroundings) {
    this.#options = options;
    this.id = options.id;
    this.folder = options.folder;
    this.record = options.record;
    this.#surroundings = surroundings;
    this.fanout = new Fanout(`${options.epoch}-${randomBytes(4).toString("hex")}`, options.watchers);
    this.clock = new RunClock(options.monotonicMs);
    this.fold = new LiveFold(options.record.plan);
    this.#lines = new LiveLines(options.folder);
    this.#frames = new ChangedFrames(this, options.monotonicMs);
    if (surroundings.isOver) this.#preload();
    this.#nudge = surroundings.isOver ? null : new Nudge(join(options.folder, TIMELINE_FILE), options.nudged);
    this.usedAtMs = options.monotonicMs();
  }

  /** Takes over what else is known of the run: its process, verdict, files, and what may be done with it. */
  around(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    if (surroundings.isOver) this.clock.end(this.fold.newestMs);
  }

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  /** How far the run is: that of its folder, except that only the timeline says that it is stopping. */
  get runState(): RunResource["state"] {
    const { state } = this.#surroundings;
    return state === "running" && this.fold.course.stopping !== null ? "stopping" : state;
  }

  /** Reads a portion of what is new. Returns whether there is more. */
  read(): boolean {
    this.#lines.again();
    for (let count = 0; count < LINES_AT_ONCE; count++) {
      const line = this.#lines.next();
      if (line === null) {
        this.#atEnd();
        return false;
      }
      this.#add(line);
    }
    return true;
  }

  /** Sends what changed since the last call to everybody who watches. */
  send(): void {
    if (!this.isCaughtUp || this.isGone) return;
    const nowMs = this.clock.nowMs();
    if (!this.#surroundings.isOver) this.#takeSeconds(nowMs);
    this.fanout.send(this.#frames.take(nowMs));
  }

  state(): LiveState {
    const nowMs = this.clock.nowMs();
    const { traffic } = this.fold;
    return {
      ...this.parts(),
      nowMs,
      seconds: this.fold.seconds.columns(),
      lanes: this.fold.lanes.lanes(nowMs),
      objectives: this.objectives(),
      requests: { rows: traffic.top(ROWS_MAX), total: traffic.names },
      failures: { rows: traffic.failures().slice(0, ROWS_MAX), total: traffic.failureKinds },
      workers: this.fold.crew.rows(),
      events: this.fold.course.entries,
      verdict: this.#surroundings.verdict as LiveState["verdict"],
    };
  }

  parts(): PartsNow {
    return partsOf(this, this.clock.nowMs());
  }

  objectives(): LiveObjective[] {
    const { verdict } = this.#surroundings;
    const judged =
      verdict === null ? null : { objectives: verdict.objectives, asOfMs: this.fold.newestMs, isJudged: true };
    return objectivesNow(this.record.plan.objectives ?? [], judged ?? this.#assessed, this.#trends);
  }

  /** Returns the figures of the whole run; null until it is over and read to its end. They do not change any more then. */
  totals(): LiveState["totals"] {
    if (!this.#surroundings.isOver || !this.isCaughtUp) return null;
    this.#totals ??= totalsOf({ traffic: this.fold.allTraffic, seconds: this.fold.seconds });
    return this.#totals;
  }

  /** Takes over what the objectives measured at a moment of the run. */
  assess(objectives: readonly ObjectiveVerdict[], asOfMs: number): void {
    this.#assessed = { objectives, asOfMs, isJudged: false };
    this.#trends.add(objectives, asOfMs);
  }

  resource(): RunResource {
    return this.parts().run;
  }

  /** Shows requests and failures from now on only, or all of them again. */
  reset(shown: "from-now" | "all"): void {
    this.fold.reset(shown === "all" ? null : this.clock.nowMs());
    this.#frames.rowsAreNew();
  }

  /** Says that the folder is gone, once; what is shown stays. */
  gone(because: string): void {
    if (this.isGone) return;
    this.isGone = true;
    this.fanout.send([{ event: "gone", data: { nowMs: this.clock.nowMs(), because } }]);
  }

  get isReplaced(): boolean {
    return this.#lines.isReplaced;
  }

  get badLines(): number {
    return this.#lines.badLines;
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
    this.#nudge?.[Symbol.dispose]();
    this.fanout.close();
  }

  /** Takes the seconds that the run itself wrote: an old run then opens at once, also where its intervals were left out. */
  #preload(): void {
    for (const row of readSeconds(this.folder)) this.fold.seconds.set(row);
    this.#isPreloaded = this.fold.seconds.length > 0;
  }

  #add(line: NonNullable<ReturnType<LiveLines["next"]>>): void {
    try {
      if ("event" in line) this.#frames.entries.push(this.fold.event(line.event));
      else if ("interval" in line) this.fold.interval(line.interval);
      else this.fold.operation(line.operation);
    } catch {
      return; // a line without the form that it should have: the judge will say so
    }
    if (!this.isCaughtUp) this.#takeSeconds(this.fold.newestMs);
  }

  #atEnd(): void {
    const { folder, wallMs } = this.#options;
    if (!this.isCaughtUp) {
      const writtenMs = statSync(join(folder, TIMELINE_FILE), { throwIfNoEntry: false })?.mtimeMs ?? wallMs();
      this.clock.saw(this.fold.course.lastMs, Math.max(0, wallMs() - writtenMs));
      if (this.#surroundings.isOver) this.#takeSeconds(this.fold.newestMs + 60_000);
    }
    this.clock.saw(this.fold.newestMs);
    if (this.#surroundings.isOver) this.clock.end(this.fold.newestMs);
    const isFirst = !this.isCaughtUp;
    this.isCaughtUp = true;
    if (isFirst || this.#frames.entries.length > EVENTS_AT_ONCE_MAX) this.#sendWhole();
    if (!isThere(folder)) this.gone("the run folder was deleted");
  }

  #takeSeconds(nowMs: number): void {
    if (this.#isPreloaded) return;
    for (const row of this.fold.takeSeconds(nowMs)) {
      if (row === null) continue;
      this.#frames.seconds.set(row.atS, { event: "second", data: { nowMs, ...row } });
    }
  }

  #sendWhole(): void {
    this.#frames.forget();
    if (this.fanout.watchers > 0) this.fanout.send([{ event: "snapshot", data: this.state() }]);
    else this.fanout.forgetFrames();
  }
}
