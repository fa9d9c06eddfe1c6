/** Reads what a lost coordinator recorded in --out, so that the one that takes over can continue counting from there. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { Adopted } from "../../load/coordinator/member.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import { isRecord, type Json } from "../../std/json.ts";
import { readNdjson } from "../../std/ndjson.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { LoadListener } from "./files.ts";

/** How many ids are remembered to detect repeats. Workers resend what was not acknowledged, which is far less than this. */
const IDS_MAX = 50_000;

/** Returns the first line of every timeline, which identifies the parts of a folder that belong to the same run. */
export function runMark(runId: string, atMs: number): TimelineEvent {
  return { atMs, type: "note", source: "load", says: `run ${runId}`, kind: "run-id", detail: { runId } };
}

export class Earlier {
  /** The sequence number of each worker's last report. */
  readonly #lastSequences = new Map<string, number>();
  /** The time at which that report ended, on the run's clock. */
  readonly lastReportsMs = new Map<string, number>();
  readonly #ids = new Set<string>();

  /** Reads the parts of this run in the folder; their records are passed to the recorder as if they arrived now. */
  read(folder: string, runId: string, recorder: Recorder): void {
    for (const part of partsOf(folder, runId)) {
      for (const interval of kept<Interval>(join(folder, `intervals${part}`))) this.#interval(interval, recorder);
      for (const event of kept<TimelineEvent>(join(folder, `timeline${part}`)))
        if (!isMark(event)) recorder.event(event);
      for (const { id } of kept<Operation>(join(folder, `history${part}`))) this.#remember(id);
    }
  }

  /** Returns the state that a worker reports about itself, with what is known about it here. */
  known(state: RunningState): Adopted {
    return { ...state, lastSequence: this.#lastSequences.get(state.worker) ?? 0 };
  }

  /** Returns the same listener without the operations that the earlier coordinator has recorded. */
  without(listener: LoadListener): LoadListener {
    const onOperation = (operation: Operation) => {
      if (!this.#ids.has(operation.id)) listener.onOperation(operation);
    };
    return { ...listener, onOperation };
  }

  #interval(interval: Interval, recorder: Recorder): void {
    const last = this.#lastSequences.get(interval.worker) ?? 0;
    if (interval.sequence <= last) return;
    this.#lastSequences.set(interval.worker, interval.sequence);
    this.lastReportsMs.set(interval.worker, interval.toMs);
    recorder.interval(interval);
  }

  #remember(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= IDS_MAX) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}

/** Returns the suffixes of the files, ".ndjson", "-2.ndjson", in the order in which they were written. */
function partsOf(folder: string, runId: string): string[] {
  const names = readdirSync(folder).filter((name) => /^timeline(-\d+)?\.ndjson$/.test(name));
  const parts = names.map((name) => name.slice("timeline".length));
  const number = (part: string) => Number(/\d+/.exec(part)?.[0] ?? 1);
  return parts
    .filter((part) => markOf(join(folder, `timeline${part}`)) === runId)
    .sort((a, b) => number(a) - number(b));
}

/** Returns the id of the run that the timeline belongs to; null if its first line names none. */
function markOf(file: string): Json {
  for (const event of kept<TimelineEvent>(file))
    return isMark(event) && isRecord(event.detail) ? (event.detail["runId"] ?? null) : null;
  return null;
}

function isMark(event: TimelineEvent): event is Extract<TimelineEvent, { type: "note" }> {
  return event.type === "note" && event.kind === "run-id";
}

/** Reads a file up to the line that was being written when its writer was killed. */
function* kept<T>(file: string): Generator<T> {
  if (!existsSync(file)) return;
  const lines = readNdjson<T>(file);
  for (;;) {
    let next: IteratorResult<T>;
    try {
      next = lines.next();
    } catch {
      return;
    }
    if (next.done === true) return;
    yield next.value;
  }
}
