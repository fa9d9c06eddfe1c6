/**
 * One run as it is watched: reads its folder as it grows, folds it, and sends what changed to everybody who watches. It only
 * reads: the run neither knows nor waits for it.
 */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { LiveObjective, LiveState, LogEntry } from "../../api/live.ts";
import type { RunResource } from "../../api/run.ts";
import { TIMELINE_FILE } from "../../evidence/files.ts";
import type { RunRecord } from "../../evidence.ts";
import type { ObjectiveVerdict } from "../../objective.ts";
import { readSeconds } from "../../second/file.ts";
import { isThere } from "../../std/regular-file.ts";
import type { Verdict } from "../../verdict.ts";
import { Fanout, type Frame, type WatcherCount } from "../fanout.ts";
import { RunClock } from "./clock.ts";
import { LOG_ENTRIES_MAX } from "./course.ts";
import { LiveFold } from "./fold.ts";
import { LiveLines } from "./lines.ts";
import { type Assessed, objectivesNow, Trends } from "./objectives.ts";
import { type PartsNow, partsOf, type Surroundings } from "./parts.ts";

/** Rows and objectives are sent this often, lanes each second. */
const ROWS_EVERY_MS = 2_000;
const LANES_EVERY_MS = 1_000;
/** Without an event or an outage, the sentence and the like change this often at most. */
const PARTS_EVERY_MS = 1_000;
const ROWS_MAX = 200;
/** The lines that are folded before others may have their turn; about 10 ms of work. */
const LINES_AT_ONCE = 1_000;
/** A run that is caught up with this many new lines at a time is sent as a new snapshot instead. */
const EVENTS_AT_ONCE_MAX = 200;

export interface LiveRunOptions {
  readonly folder: string;
  readonly id: string;
  readonly record: RunRecord;
  readonly epoch: string;
  readonly watchers: WatcherCount;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
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
  #sent: Partial<Record<keyof PartsNow, string>> = {};
  #entries: LogEntry[] = [];
  #seconds = new Map<number, Frame>();
  #rowsAtMs = 0;
  #lanesAtMs = 0;
  #partsAtMs = 0;
  #isRowsWhole = false;
  #isPreloaded = false;
  #sentObjectives = "";
  #sentVerdict: Verdict | null = null;
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
    if (surroundings.isOver) this.#preload();
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
    const frames = this.#changed(nowMs);
    this.#forgetChanges();
    this.fanout.send(frames);
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
    this.#isRowsWhole = true;
    this.#rowsAtMs = 0;
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
    this.fanout.close();
  }

  /** Takes the seconds that the run itself wrote: an old run then opens at once, also where its intervals were left out. */
  #preload(): void {
    for (const row of readSeconds(this.folder)) this.fold.seconds.set(row);
    this.#isPreloaded = this.fold.seconds.length > 0;
  }

  #add(line: NonNullable<ReturnType<LiveLines["next"]>>): void {
    try {
      if ("event" in line) this.#entries.push(this.fold.event(line.event));
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
    if (isFirst || this.#entries.length > EVENTS_AT_ONCE_MAX) this.#sendWhole();
    if (!isThere(folder)) this.gone("the run folder was deleted");
  }

  #takeSeconds(nowMs: number): void {
    if (this.#isPreloaded) return;
    for (const row of this.fold.takeSeconds(nowMs)) {
      if (row === null) continue;
      this.#seconds.set(row.atS, { event: "second", data: { nowMs, ...row } });
    }
  }

  #sendWhole(): void {
    this.fold.lanes.changes();
    this.fold.traffic.changes(ROWS_MAX);
    this.#forgetChanges();
    if (this.fanout.watchers > 0) this.fanout.send([{ event: "snapshot", data: this.state() }]);
    else this.fanout.forgetFrames();
  }

  #forgetChanges(): void {
    this.#entries = [];
    this.#seconds.clear();
  }

  #changed(nowMs: number): Frame[] {
    const data = (value: object) => ({ nowMs, ...value });
    const frames: Frame[] = this.#entries
      .slice(-LOG_ENTRIES_MAX)
      .map((entry) => ({ event: "event", data: data({ entry }) }));
    frames.push(...this.#seconds.values());
    for (const change of this.fold.lanes.changes()) frames.push({ event: "outage", data: data(change) });
    const isNews = frames.some(({ event }) => event !== "second");
    frames.push(...this.#changedRows(nowMs));
    if (!isNews && this.#options.monotonicMs() - this.#partsAtMs < PARTS_EVERY_MS) return frames;
    this.#partsAtMs = this.#options.monotonicMs();
    frames.push(...this.#changedParts(nowMs));
    return frames;
  }

  #changedRows(nowMs: number): Frame[] {
    const frames: Frame[] = [];
    const now = this.#options.monotonicMs();
    const { isOver } = this.#surroundings;
    if (!isOver && now - this.#lanesAtMs >= LANES_EVERY_MS) {
      this.#lanesAtMs = now;
      const lanes = this.fold.lanes.lanes(nowMs).map(({ outages: _, outagesLeftOut: __, ...lane }) => lane);
      if (lanes.length > 0) frames.push({ event: "lanes", data: { nowMs, lanes } });
    }
    if (now - this.#rowsAtMs < ROWS_EVERY_MS || (isOver && !this.#isRowsWhole)) return frames;
    this.#rowsAtMs = now;
    const { traffic } = this.fold;
    const isWhole = this.#isRowsWhole;
    this.#isRowsWhole = false;
    const changes = traffic.changes(ROWS_MAX);
    const requests = { rows: isWhole ? traffic.top(ROWS_MAX) : changes.requests, total: traffic.names };
    const rows = isWhole ? traffic.failures().slice(0, ROWS_MAX) : changes.failures;
    const failures = { rows, total: traffic.failureKinds };
    frames.push({ event: "rows", data: { nowMs, requests, failures, workers: this.fold.crew.rows(), isWhole } });
    return frames;
  }

  #changedParts(nowMs: number): Frame[] {
    const parts = this.parts();
    const changed: Partial<Record<keyof PartsNow, unknown>> = {};
    for (const name of Object.keys(parts) as (keyof PartsNow)[]) {
      // The run's own clock moves each moment and is in every frame.
      const text = JSON.stringify(name === "run" ? { ...parts.run, nowMs: 0, durationMs: 0 } : parts[name]);
      if (this.#sent[name] === text) continue;
      this.#sent[name] = text;
      changed[name] = parts[name];
    }
    const frames: Frame[] = Object.keys(changed).length === 0 ? [] : [{ event: "state", data: { nowMs, ...changed } }];
    const objectives = this.objectives();
    const text = JSON.stringify(objectives);
    if (text !== this.#sentObjectives) frames.push({ event: "objective", data: { nowMs, objectives } });
    this.#sentObjectives = text;
    const { verdict } = this.#surroundings;
    if (verdict !== null && verdict !== this.#sentVerdict) frames.push({ event: "verdict", data: { nowMs, verdict } });
    this.#sentVerdict = verdict;
    return frames;
  }
}
