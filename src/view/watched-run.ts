/**
 * Holds the live state of one run and folds the frames of its stream into it, so that a page that was not connected for a while
 * shows the same as one that was.
 */
import type { FrameName, Lane, LaneOutage, LiveFrame, LiveState } from "../api/live.ts";
import { Columns } from "./columns.ts";

/** The most events of the log that are kept; the API has them all. */
export const EVENTS_KEPT = 300;

type DataOf<Name extends FrameName> = Extract<LiveFrame, { event: Name }>["data"];
type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

export class WatchedRun {
  state: Changing<LiveState>;
  columns = new Columns();
  /** Why the run's folder cannot be read any more, in words; null while it can. */
  gone: string | null = null;

  constructor(snapshot: LiveState) {
    this.state = snapshot;
    this.#replace(snapshot);
  }

  /** Folds one frame. Frames of a kind that this version does not know are ignored. */
  apply(frame: LiveFrame): void {
    if (frame.event === "snapshot") return this.#replace(frame.data);
    this.state.nowMs = frame.data.nowMs;
    switch (frame.event) {
      case "second":
        return this.columns.set(frame.data.atS, frame.data.values);
      case "lanes":
        return this.#lanes(frame.data);
      case "outage":
        return this.#outage(frame.data);
      case "event":
        this.state.events = [...this.state.events, frame.data.entry].slice(-EVENTS_KEPT);
        return;
      case "rows":
        return this.#rows(frame.data);
      case "objective":
        this.state.objectives = frame.data.objectives;
        return;
      case "state":
        return this.#parts(frame.data);
      case "verdict":
        this.state.verdict = frame.data.verdict;
        return;
      case "gone":
        this.gone = frame.data.because;
    }
  }

  #replace(snapshot: LiveState): void {
    this.state = snapshot;
    this.columns = new Columns();
    this.columns.setAll(snapshot.seconds);
    this.gone = null;
  }

  #parts(data: DataOf<"state">): void {
    const known = Object.entries(data).filter(([name, value]) => name in this.state && value !== undefined);
    this.state = { ...this.state, ...Object.fromEntries(known) };
  }

  #lanes({ lanes }: DataOf<"lanes">): void {
    const before = new Map(this.state.lanes.map((lane) => [lane.id, lane]));
    this.state.lanes = lanes.map((lane) => {
      const { outages = [], outagesLeftOut = 0 } = before.get(lane.id) ?? {};
      return { ...lane, outages, outagesLeftOut };
    });
  }

  #outage({ lane: id, outage }: DataOf<"outage">): void {
    this.state.lanes = this.state.lanes.map((lane) =>
      lane.id === id ? { ...lane, outages: withOutage(lane, outage) } : lane,
    );
  }

  #rows({ requests, failures, workers, isWhole }: DataOf<"rows">): void {
    const merge = isWhole ? replaced : merged;
    this.state.requests = merge(this.state.requests, requests, ({ name }) => name);
    this.state.failures = merge(this.state.failures, failures, ({ name, error }) => `${name}\n${error}`);
    this.state.workers = workers;
  }
}

function withOutage({ outages }: Lane, outage: LaneOutage): LaneOutage[] {
  const others = outages.filter(({ fromMs }) => fromMs !== outage.fromMs);
  return [...others, outage].sort((a, b) => a.fromMs - b.fromMs);
}

interface Table<Row> {
  rows: Row[];
  total: number;
}

function merged<Row>(before: Table<Row>, changed: Table<Row>, name: (row: Row) => string): Table<Row> {
  if (changed.rows.length === 0 && changed.total === before.total) return before;
  const rows = new Map(before.rows.map((row) => [name(row), row]));
  for (const row of changed.rows) rows.set(name(row), row);
  return { rows: [...rows.values()], total: Math.max(changed.total, rows.size) };
}

function replaced<Row>(_before: Table<Row>, changed: Table<Row>): Table<Row> {
  return changed;
}
