/**
 * The samples of one probe stream (one class on one connection), kept compactly and given back in order of sending.
 * History lines come in order of completion, so a sample that waited for its timeout comes late; an outage is stamped by
 * send times and needs the order of sending.
 */
import type { Operation } from "../history.ts";

export interface Sample {
  readonly id: string;
  readonly sentMs: number;
  readonly completedMs: number;
  readonly ok: boolean;
}

export interface ProbeStream {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  /** From one beat to the next; absent: as usual. */
  readonly everyMs?: number;
  /** In order of sending. */
  readonly samples: readonly Sample[];
  /** Samples of which no answer was ever seen: no data. */
  readonly unanswered: number;
}

interface Collecting {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  readonly everyMs?: number;
  readonly samples: Sample[];
  unanswered: number;
}

/** Collects probe samples from the operations of a run. O(n log n) for n samples at the end. */
export class SampleCollector {
  readonly #streams = new Map<string, Collecting>();

  /** Takes any operation; those that are not probe samples are passed over. */
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

  /** All streams, by class and connection, each in order of sending; a repeated id counts once. */
  streams(): ProbeStream[] {
    const byName = [...this.#streams.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return byName.map(([, stream]) => ({ ...stream, samples: inOrderOfSending(stream.samples) }));
  }

  #stream({ class: name, connection, everyMs }: NonNullable<Operation["probe"]>): Collecting {
    const key = `${name}/${connection}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const fresh: Collecting = {
      class: name,
      connection,
      ...(everyMs !== undefined && { everyMs }),
      samples: [],
      unanswered: 0,
    };
    this.#streams.set(key, fresh);
    return fresh;
  }
}

function inOrderOfSending(samples: readonly Sample[]): Sample[] {
  const sorted = [...samples].sort((a, b) => a.sentMs - b.sentMs || a.completedMs - b.completedMs);
  return sorted.filter((sample, at) => {
    const before = sorted[at - 1];
    return before === undefined || before.id !== sample.id || before.sentMs !== sample.sentMs;
  });
}
