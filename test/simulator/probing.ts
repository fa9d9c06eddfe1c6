/** The simulated probes: 20 beats a second for each class, on a kept and on a fresh connection, regardless of the answers. */

import type { Agenda } from "../../src/platform/fake/agenda.ts";
import { type FakeCall, SESSIONS } from "../../src/platform/fake/call.ts";
import { BEATS_PER_SECOND } from "../../src/probe.ts";
import type { Random } from "../../src/std/random.ts";
import type { Sender } from "./sender.ts";

export const PROBE_CLASSES = ["order-write", "session-write", "read"] as const;
export type ProbeClass = (typeof PROBE_CLASSES)[number];

const FEEDS: Readonly<Record<ProbeClass, { readonly object: string; readonly kind: FakeCall["kind"] }>> = {
  "order-write": { object: "orders", kind: "add" },
  "session-write": { object: SESSIONS, kind: "add" },
  read: { object: "catalogue", kind: "browse" },
};
const BEAT_MS = 1000 / BEATS_PER_SECOND;

export interface ProbingParts {
  readonly runId: string;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly sender: Sender;
  /** While this holds, nothing is sent because our own part stands still. */
  readonly stalled: () => boolean;
  /** While this holds, only reads are sent. */
  readonly quiet: () => boolean;
}

export class Probing {
  readonly #parts: ProbingParts;
  #running = false;

  constructor(parts: ProbingParts) {
    this.#parts = parts;
  }

  begin(classes: readonly ProbeClass[]): void {
    this.#running = true;
    for (const one of classes) for (const connection of ["kept", "fresh"] as const) this.#stream(one, connection);
  }

  end(): void {
    this.#running = false;
  }

  #stream(one: ProbeClass, connection: "kept" | "fresh"): void {
    const { agenda, random } = this.#parts;
    const kept = { kept: true, replica: null };
    const firstAtMs = agenda.nowMs + random.float() * BEAT_MS;
    let sequence = 0;
    const beat = () => {
      if (!this.#running) return;
      const intendedAtMs = firstAtMs + sequence * BEAT_MS;
      const send = !this.#parts.stalled() && (one === "read" || !this.#parts.quiet());
      if (send)
        this.#beat(
          { one, connection },
          sequence,
          intendedAtMs,
          connection === "kept" ? kept : { kept: false, replica: null },
        );
      sequence++;
      // A timer is late by up to a millisecond.
      agenda.at(firstAtMs + sequence * BEAT_MS + random.float(), beat);
    };
    agenda.at(firstAtMs, beat);
  }

  #beat(
    { one, connection }: { readonly one: ProbeClass; readonly connection: "kept" | "fresh" },
    sequence: number,
    intendedAtMs: number,
    on: FakeCall["connection"],
  ): void {
    const { runId, sender } = this.#parts;
    const { object, kind } = FEEDS[one];
    const id = `${runId}/probe/${one}-${connection}/${sequence}`;
    const call: FakeCall = { kind, object, id, key: "", value: sequence, connection: on, inside: null };
    const probe = { class: one, connection };
    const process = `probe/${one}/${connection}`;
    const request = {
      call,
      process,
      attempt: 1,
      input: { id },
      intendedAtMs,
      record: "history",
      probe,
      meter: null,
      name: one,
    } as const;
    sender.send(request, () => undefined);
  }
}
