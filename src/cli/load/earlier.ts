/** Reads what a lost coordinator recorded in --out, so that the one that takes over can continue counting from there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HISTORY_FILE, INTERVALS_FILE, TIMELINE_FILE } from "../../evidence/files.ts";
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { Adopted } from "../../load/coordinator/take-over.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import type { LoadOptions } from "../../load.ts";
import { readNdjson } from "../../std/ndjson.ts";
import type { TimelineEvent } from "../../timeline.ts";

/** How many ids are remembered to detect repeats. Workers resend what was not acknowledged, which is far less than this. */
const IDS_MAX = 50_000;

export type LoadListener = Pick<LoadOptions, "onInterval" | "onOperation" | "onEvent" | "onRequests">;

export class Earlier {
  /** The sequence number of each worker's last report. */
  readonly #lastSequences = new Map<string, number>();
  /** The time at which that report ended, on the run's clock. */
  readonly lastReportsMs = new Map<string, number>();
  readonly #ids = new Set<string>();

  /** Reads the evidence in the folder; its records are passed to the recorder as if they arrived now. */
  read(folder: string, recorder: Recorder): void {
    for (const interval of kept<Interval>(join(folder, INTERVALS_FILE))) this.#interval(interval, recorder);
    for (const event of kept<TimelineEvent>(join(folder, TIMELINE_FILE))) recorder.event(event);
    for (const { id } of kept<Operation>(join(folder, HISTORY_FILE))) this.#remember(id);
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
