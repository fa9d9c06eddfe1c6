/** What a coordinator that was lost had kept in --out: the one that takes over counts on from there. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { Adopted } from "../../load/coordinator/member.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import { readNdjson } from "../../std/ndjson.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { LoadListener } from "./files.ts";

/** Workers tell again what was not acknowledged, which is far less than this; so many are looked through for repeats. */
const IDS_MAX = 50_000;

/** The first line of every timeline; tells which parts of a folder are of the same run. */
export function runMark(runId: string, atMs: number): TimelineEvent {
  return { atMs, type: "note", source: "load", says: `run ${runId}` };
}

export class Earlier {
  /** Of the last report of each worker. */
  readonly #lastSequences = new Map<string, number>();
  /** When that report ended, on the run's clock. */
  readonly lastReportsMs = new Map<string, number>();
  readonly #ids = new Set<string>();

  /** Reads the parts of that run in the folder; what they tell goes to the recorder as if it came now. */
  read(folder: string, runId: string, recorder: Recorder): void {
    for (const part of partsOf(folder, runId)) {
      for (const interval of kept<Interval>(join(folder, `intervals${part}`))) this.#interval(interval, recorder);
      for (const event of kept<TimelineEvent>(join(folder, `timeline${part}`)))
        if (!isMark(event)) recorder.event(event);
      for (const { id } of kept<Operation>(join(folder, `history${part}`))) this.#remember(id);
    }
  }

  /** What workers say of themselves, with what is known of them here. */
  known(state: RunningState): Adopted {
    return { ...state, lastSequence: this.#lastSequences.get(state.worker) ?? 0 };
  }

  /** The same listener, which is not told again what the coordinator before had kept. */
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

/** ".ndjson", "-2.ndjson": in the order in which they were written. */
function partsOf(folder: string, runId: string): string[] {
  const names = readdirSync(folder).filter((name) => /^timeline(-\d+)?\.ndjson$/.test(name));
  const parts = names.map((name) => name.slice("timeline".length));
  const number = (part: string) => Number(/\d+/.exec(part)?.[0] ?? 1);
  return parts
    .filter((part) => markOf(join(folder, `timeline${part}`)) === `run ${runId}`)
    .sort((a, b) => number(a) - number(b));
}

function markOf(file: string): string | null {
  for (const event of kept<TimelineEvent>(file)) return event.type === "note" ? event.says : null;
  return null;
}

function isMark(event: TimelineEvent): boolean {
  return event.type === "note" && event.source === "load" && /^run \S+$/.test(event.says);
}

/** Up to the line that was being written when its writer was killed. */
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
