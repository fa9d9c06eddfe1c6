/** The frames of what changed in a run since they were last taken: events and outages at once, tables and the rest less often. */
import type { LogEntry } from "../../api/live.ts";
import type { Verdict } from "../../verdict.ts";
import type { Frame } from "../fanout.ts";
import { LOG_ENTRIES_MAX } from "./course.ts";
import type { PartsNow } from "./parts.ts";
import type { LiveRun } from "./run.ts";

/** Rows and objectives are sent this often, lanes each second. */
const ROWS_EVERY_MS = 2_000;
const LANES_EVERY_MS = 1_000;
/** Without an event or an outage, the sentence and the like change this often at most. */
const PARTS_EVERY_MS = 1_000;
export const ROWS_MAX = 200;

export class ChangedFrames {
  readonly #run: LiveRun;
  readonly #monotonicMs: () => number;
  /** Events and seconds that are not sent yet. */
  readonly entries: LogEntry[] = [];
  readonly seconds = new Map<number, Frame>();
  #sent: Partial<Record<keyof PartsNow, string>> = {};
  #rowsAtMs = 0;
  #lanesAtMs = 0;
  #partsAtMs = 0;
  #isRowsWhole = false;
  #sentObjectives = "";
  #sentVerdict: Verdict | null = null;

  constructor(run: LiveRun, monotonicMs: () => number) {
    this.#run = run;
    this.#monotonicMs = monotonicMs;
  }

  take(nowMs: number): Frame[] {
    const frames = this.#changed(nowMs);
    this.#forgetNews();
    return frames;
  }

  /** Lets the next rows replace all that were sent before. */
  rowsAreNew(): void {
    this.#isRowsWhole = true;
    this.#rowsAtMs = 0;
  }

  /** Forgets what changed, because it is sent as a whole. */
  forget(): void {
    this.#run.fold.lanes.changes();
    this.#run.fold.traffic.changes(ROWS_MAX);
    this.#forgetNews();
  }

  #forgetNews(): void {
    this.entries.length = 0;
    this.seconds.clear();
  }

  #changed(nowMs: number): Frame[] {
    const data = (value: object) => ({ nowMs, ...value });
    const frames: Frame[] = this.entries
      .slice(-LOG_ENTRIES_MAX)
      .map((entry) => ({ event: "event", data: data({ entry }) }));
    frames.push(...this.seconds.values());
    for (const change of this.#run.fold.lanes.changes()) frames.push({ event: "outage", data: data(change) });
    const isNews = frames.some(({ event }) => event !== "second");
    frames.push(...this.#changedRows(nowMs));
    if (!isNews && this.#monotonicMs() - this.#partsAtMs < PARTS_EVERY_MS) return frames;
    this.#partsAtMs = this.#monotonicMs();
    frames.push(...this.#changedParts(nowMs));
    return frames;
  }

  #changedRows(nowMs: number): Frame[] {
    const frames: Frame[] = [];
    const now = this.#monotonicMs();
    const { isOver } = this.#run.surroundings;
    if (!isOver && now - this.#lanesAtMs >= LANES_EVERY_MS) {
      this.#lanesAtMs = now;
      const lanes = this.#run.fold.lanes.lanes(nowMs).map(({ outages: _, outagesLeftOut: __, ...lane }) => lane);
      if (lanes.length > 0) frames.push({ event: "lanes", data: { nowMs, lanes } });
    }
    if (now - this.#rowsAtMs < ROWS_EVERY_MS || (isOver && !this.#isRowsWhole)) return frames;
    this.#rowsAtMs = now;
    const { traffic } = this.#run.fold;
    const isWhole = this.#isRowsWhole;
    this.#isRowsWhole = false;
    const changes = traffic.changes(ROWS_MAX);
    const requests = { rows: isWhole ? traffic.top(ROWS_MAX) : changes.requests, total: traffic.names };
    const rows = isWhole ? traffic.failures().slice(0, ROWS_MAX) : changes.failures;
    const failures = { rows, total: traffic.failureKinds };
    frames.push({ event: "rows", data: { nowMs, requests, failures, workers: this.#run.fold.crew.rows(), isWhole } });
    return frames;
  }

  #changedParts(nowMs: number): Frame[] {
    const parts = this.#run.parts();
    const changed: Partial<Record<keyof PartsNow, unknown>> = {};
    for (const name of Object.keys(parts) as (keyof PartsNow)[]) {
      // The run's own clock moves each moment and is in every frame.
      const text = JSON.stringify(name === "run" ? { ...parts.run, nowMs: 0, durationMs: 0 } : parts[name]);
      if (this.#sent[name] === text) continue;
      this.#sent[name] = text;
      changed[name] = parts[name];
    }
    const frames: Frame[] = Object.keys(changed).length === 0 ? [] : [{ event: "state", data: { nowMs, ...changed } }];
    const objectives = this.#run.objectives();
    const text = JSON.stringify(objectives);
    if (text !== this.#sentObjectives) frames.push({ event: "objective", data: { nowMs, objectives } });
    this.#sentObjectives = text;
    const { verdict } = this.#run.surroundings;
    if (verdict !== null && verdict !== this.#sentVerdict) frames.push({ event: "verdict", data: { nowMs, verdict } });
    this.#sentVerdict = verdict;
    return frames;
  }
}
