/**
 * One stream of beats. A beat is sent in each period of 50 ms, or of a slower rate, whether or not earlier ones were answered. An
 * outage is therefore measured with brackets of few periods (beats.ts) plus the time of one answer, and a call that hangs
 * never hides it.
 */
import type { Operation, Outcome } from "../../history.ts";
import { beatEveryMs } from "../../probe.ts";
import { outcomeOf } from "../../scenario/outcome.ts";
import type { ProbeContext, ProbeDefinition, Reply } from "../../scenario.ts";
import type { Clock } from "../../std/clock.ts";
import { messageOf } from "../../std/errors.ts";
import type { Random } from "../../std/random.ts";
import type { Session } from "../http/session.ts";
import type { Alarms } from "../time/alarms.ts";
import { Beats } from "./beats.ts";
import type { StreamLive } from "./protocol.ts";

/** A beat that is late by this many periods is not sent; that span is recorded as a gap in our own observation. */
const LATE_BEATS_MAX = 2;
/** The most beats of one stream that may wait for an answer at once. At 20 beats a second, only beats that take 2 s reach it. */
export const IN_FLIGHT_MAX = 40;

export interface StreamWorld {
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly runId: string;
  /** Prefix of the stream's name and of its operations' ids. */
  readonly place: string;
  /** Whether its samples are evidence of outages, and so carry their class. */
  readonly tellsOutages: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly everyMs: number;
  /** The random moments of the stream's beats. */
  readonly random: Random;
  /** The first sequence number of the beats. */
  readonly firstSequence: number;
  onOperation(operation: Operation): void;
  onGap(source: string, fromMs: number, toMs: number, because: string): void;
  onNote(key: string, says: string): void;
}

export class ProbeStream {
  readonly #definition: ProbeDefinition;
  readonly #connection: "kept" | "fresh";
  readonly #session: Session;
  readonly #world: StreamWorld;
  readonly #name: string;
  readonly #state: Record<string, unknown> = {};
  readonly #inFlight = new Set<Promise<void>>();
  #preparing = 0;
  #prepared: boolean;
  #beats = 0;
  #ok = 0;
  #failed = 0;
  #failingSinceMs: number | null = null;
  #because: string | null = null;
  #toldByBeatAtMs = 0;
  #stopped = false;

  constructor(definition: ProbeDefinition, connection: "kept" | "fresh", session: Session, world: StreamWorld) {
    this.#definition = definition;
    this.#connection = connection;
    this.#session = session;
    this.#world = world;
    this.#name = `${world.place}/${definition.class}/${connection}`;
    this.#prepared = definition.prepare === undefined;
  }

  /** Time from one beat to the next. */
  get everyMs(): number {
    return this.#world.everyMs;
  }

  /** Starts the beats: the first period begins at `firstMs`, on the scale of performance.now(). */
  start(firstMs: number): void {
    const beats = new Beats(firstMs, this.everyMs, this.#world.random);
    this.#prepareAgain();
    this.#expect(beats, beats.next());
  }

  live(): StreamLive {
    const { class: name } = this.#definition;
    return {
      class: name,
      connection: this.#connection,
      beats: this.#beats,
      ok: this.#ok,
      failed: this.#failed,
      failingSinceMs: this.#failingSinceMs,
      because: this.#because,
    };
  }

  /** Sends no more beats, and resolves when every beat has its outcome. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#inFlight);
    this.#session.close();
  }

  #expect(beats: Beats, dueMs: number): void {
    const ring = () => {
      if (!this.#stopped) this.#expect(beats, beats.next(this.#fireDue(dueMs)));
    };
    this.#world.alarms.at(dueMs, { ring });
  }

  /** Sends the beat that is due, and returns how many of those that follow are too late to be sent. */
  #fireDue(dueMs: number): number {
    const { everyMs } = this;
    const now = performance.now();
    const missed = Math.floor((now - dueMs) / everyMs - LATE_BEATS_MAX) + 1;
    if (missed > 0) {
      const atMs = this.#world.clock.nowMs();
      this.#world.onGap(
        this.#name,
        atMs - (now - dueMs),
        atMs,
        `the probe itself was stalled: ${missed} beats were not sent`,
      );
      return missed - 1; // the beat that was due is the first of those that were not sent
    }
    if (this.#inFlight.size < IN_FLIGHT_MAX) this.#send(now - dueMs);
    else this.#tooMany();
    return 0;
  }

  #tooMany(): void {
    const atMs = this.#world.clock.nowMs();
    this.#world.onGap(this.#name, atMs, atMs + this.everyMs, `${IN_FLIGHT_MAX} beats are waiting for an answer`);
  }

  #send(lateMs: number): void {
    const beat = this.#beat(lateMs);
    this.#inFlight.add(beat);
    void beat.finally(() => this.#inFlight.delete(beat));
  }

  async #beat(lateMs: number): Promise<void> {
    const { clock, signal, runId, place, tellsOutages } = this.#world;
    // The two streams of a class share its sequence numbers: even for kept connections, odd for fresh ones.
    const sequence = this.#world.firstSequence + this.#beats++ * 2 + (this.#connection === "fresh" ? 1 : 0);
    const id = `${runId}/${place}/${this.#definition.class}/${sequence}`;
    const context: ProbeContext = { runId, http: this.#session, id, sequence, state: this.#state, signal };
    const invokedAtMs = clock.nowMs();
    const input = this.#definition.input?.(context) ?? { id };
    const { outcome, because } = await this.#outcome(context, input);
    this.#world.onOperation({
      id,
      process: this.#name,
      object: this.#definition.object,
      kind: this.#definition.kind,
      input,
      attempt: 1,
      outcome,
      intendedAtMs: invokedAtMs - Math.max(0, lateMs),
      invokedAtMs,
      completedAtMs: clock.nowMs(),
      ...(tellsOutages && { probe: this.#probe() }),
    });
    this.#note(outcome, invokedAtMs, because);
  }

  #probe(): NonNullable<Operation["probe"]> {
    const { everyMs } = this;
    const slow = everyMs === beatEveryMs() ? {} : { everyMs };
    return { class: this.#definition.class, connection: this.#connection, ...slow };
  }

  async #outcome(context: ProbeContext, input: Operation["input"]): Promise<{ outcome: Outcome; because: string }> {
    const { object, kind, output } = this.#definition;
    try {
      const reply = await this.#inTime(this.#definition.beat(context));
      if (reply === null) return { outcome: { type: "unknown", code: "timeout" }, because: "timeout" };
      const recorded = { object, kind, id: context.id, input, ...(output === undefined ? {} : { output }) };
      return { outcome: outcomeOf(reply, recorded), because: reply.error?.message ?? `status ${reply.status}` };
    } catch (thrown) {
      this.#world.onNote(`error:${this.#name}`, `${this.#name}: ${messageOf(thrown)}`);
      return { outcome: { type: "unknown", code: "script-error" }, because: messageOf(thrown) };
    }
  }

  /** Resolves with null when the beat, which may consist of several requests, has not ended within twice its timeout. */
  #inTime(beat: Promise<Reply>): Promise<Reply | null> {
    const { alarms, timeoutMs } = this.#world;
    return new Promise((resolve, reject) => {
      const alarm = alarms.at(performance.now() + 2 * timeoutMs, { ring: () => resolve(null) });
      beat.then(resolve, reject).finally(() => alarms.cancel(alarm));
    });
  }

  #note(outcome: Outcome, sentAtMs: number, because: string): void {
    if (outcome.type === "ok") this.#ok++;
    else this.#failed++;
    // A beat that hung may end after later ones; the current state is that of the beat that was sent last.
    if (sentAtMs < this.#toldByBeatAtMs) return;
    this.#toldByBeatAtMs = sentAtMs;
    if (outcome.type === "ok") {
      this.#failingSinceMs = null;
      this.#because = null;
      return;
    }
    this.#failingSinceMs ??= sentAtMs;
    this.#because = because;
    this.#prepared = false;
    this.#prepareAgain();
  }

  /** Each failed beat may prepare once, in parallel with attempts that hang, so that preparing never lengthens an outage. */
  #prepareAgain(): void {
    const { prepare } = this.#definition;
    if (prepare === undefined || this.#prepared || this.#stopped || this.#preparing >= IN_FLIGHT_MAX) return;
    const { runId, signal, firstSequence } = this.#world;
    const context: ProbeContext = {
      runId,
      http: this.#session,
      id: `${runId}/${this.#name}`,
      sequence: firstSequence,
      state: this.#state,
      signal,
    };
    this.#preparing++;
    prepare(context)
      .then(() => {
        this.#prepared = true;
      })
      .catch((thrown: unknown) => {
        if (!this.#stopped)
          this.#world.onNote(`prepare:${this.#name}`, `${this.#name} could not prepare: ${messageOf(thrown)}`);
      })
      .finally(() => {
        this.#preparing--;
      });
  }
}
