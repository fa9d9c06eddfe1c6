/**
 * Collects the samples of each probe stream (one class on one connection) in a compact form and returns them in order of sending.
 * The lines of the history are in order of completion, so a sample that timed out comes late. Outages are stamped by the times of
 * sending, so they need the order of sending.
 */
import type { Operation } from "../history.ts";
import { beatEveryMs } from "../probe.ts";

export interface Sample {
  readonly id: string;
  readonly sentMs: number;
  readonly completedMs: number;
  readonly ok: boolean;
}

export interface SampledStream {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  /** The time from one beat to the next; undefined for the usual rate. */
  readonly everyMs?: number;
  /** The samples in order of sending. */
  readonly samples: readonly Sample[];
  /** The number of samples that were never completed, which count as no data. */
  readonly unanswered: number;
}

interface Collecting {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  readonly everyMs?: number;
  readonly samples: Sample[];
  unanswered: number;
}

/** Collects probe samples from the operations of a run. Sorting n samples at the end takes O(n log n). */
export class SampleCollector {
  readonly #streams = new Map<string, Collecting>();

  /** Adds an operation; operations that are not probe samples are ignored. */
  add(operation: Operation): void {
    const probe = operation.probe;
    if (probe === undefined) return;
    const stream = this.#stream(probe);
    if (operation.completedAtMs === null) {
      stream.unanswered++;
      return;
    }
    stream.samples.push({
      id: operation.id,
      sentMs: operation.invokedAtMs,
      completedMs: operation.completedAtMs,
      ok: operation.outcome.type === "ok",
    });
  }

  /** Returns all streams, sorted by class and connection, each in order of sending. A repeated id counts once. */
  streams(): SampledStream[] {
    const byName = [...this.#streams.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return byName.map(([, stream]) => ({ ...stream, samples: inOrderOfSending(stream.samples) }));
  }

  #stream({ class: name, connection, everyMs }: NonNullable<Operation["probe"]>): Collecting {
    const key = `${name}/${connection}`;
    const known = this.#streams.get(key);
    if (known !== undefined && !isFaster(everyMs, known.everyMs)) return known;
    const { samples, unanswered } = known ?? { samples: [], unanswered: 0 };
    const fresh: Collecting = {
      class: name,
      connection,
      ...(everyMs !== undefined && { everyMs }),
      samples,
      unanswered,
    };
    this.#streams.set(key, fresh);
    return fresh;
  }
}

/** A stream has one rate. Samples that disagree are held to the fastest of theirs, by which a silence is noticed soonest. */
function isFaster(everyMs: number | undefined, known: number | undefined): boolean {
  return (everyMs ?? beatEveryMs()) < (known ?? beatEveryMs());
}

function inOrderOfSending(samples: readonly Sample[]): Sample[] {
  const sorted = [...samples].sort((a, b) => a.sentMs - b.sentMs || a.completedMs - b.completedMs);
  return sorted.filter((sample, at) => {
    const before = sorted[at - 1];
    return before === undefined || before.id !== sample.id || before.sentMs !== sample.sentMs;
  });
}
