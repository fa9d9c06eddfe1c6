/** One running instance of a scenario, as its script sees it. */
import type { Operation } from "../history.ts";
import type { MetricDelta } from "../interval.ts";
import { outcomeOf } from "../scenario/outcome.ts";
import { type Thinking, thinking } from "../scenario/think.ts";
import type { Http, Recorded, Reply, ScenarioDefinition, ThinkTime, User } from "../scenario.ts";
import type { Clock } from "../std/clock.ts";
import { type Random, seededRandom } from "../std/random.ts";
import type { Alarm, Alarms, Ringing } from "./alarms.ts";
import { Session, type SessionOwner, type SessionSettings } from "./http/session.ts";
import type { Scope } from "./metrics.ts";
import { UserStopped } from "./stopped.ts";

/** What all users of a worker share. */
export interface UserWorld {
  readonly worker: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly session: SessionSettings;
  readonly env: Readonly<Record<string, string>>;
  /** A number never given before by this worker. */
  nextSequence(): number;
  onOperation(operation: Operation): void;
  onNote(key: string, says: string): void;
}

const NO_TIME: Thinking = () => 0;

export class LoadUser implements User, SessionOwner {
  readonly id: string;
  readonly worker: string;
  readonly index: number;
  readonly runId: string;
  readonly scenario: string;
  readonly state: Record<string, unknown> = {};
  readonly env: Readonly<Record<string, string>>;
  iteration = -1;
  /** Grows with every call and wait; an iteration that leaves it as it was has awaited nothing of ours. */
  activity = 0;
  scope: Scope;
  readonly session: Session;
  readonly #definition: ScenarioDefinition;
  readonly #world: UserWorld;
  readonly #thinking: Thinking;
  #random: Random | null = null;
  #abort: AbortController | null = null;
  #sleep: Sleep | null = null;
  #moreSleeps: Set<Sleep> | null = null;
  #iterationMs = 0;
  #dueMs = 0;

  constructor(index: number, definition: ScenarioDefinition, scope: Scope, world: UserWorld) {
    this.index = index;
    this.id = `${world.worker}/u${index}`;
    this.worker = world.worker;
    this.runId = world.runId;
    this.env = world.env;
    this.scenario = definition.name;
    this.scope = scope;
    this.session = new Session(world.session, this);
    this.#definition = definition;
    this.#world = world;
    this.#thinking = definition.think === undefined ? NO_TIME : thinking(definition.think);
  }

  get http(): Http {
    return this.session;
  }

  get random(): Random {
    this.#random ??= seededRandom(`${this.#world.seed}/user/${this.index}`);
    return this.#random;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  get login(): (() => Promise<void>) | null {
    const { login } = this.#definition;
    return login === undefined ? null : () => login(this);
  }

  uniqueId(): string {
    return `${this.runId}/${this.id}/${this.#world.nextSequence()}`;
  }

  think(time?: ThinkTime): Promise<void> {
    const chosen = time === undefined ? this.#thinking : thinking(time);
    return this.sleep(chosen(() => this.random, performance.now() - this.#iterationMs));
  }

  /** The think time of the scenario, for the pause after an iteration. */
  get pauses(): boolean {
    return this.#thinking !== NO_TIME;
  }

  check(name: string, holds: boolean): boolean {
    const series = this.scope.check(name);
    series.record(holds ? 1 : 0);
    if (!holds) series.failed++;
    return holds;
  }

  async record(operation: Recorded, call: () => Promise<Reply>): Promise<Reply> {
    const invokedAtMs = this.#world.clock.nowMs();
    const lateMs = this.#dueMs === 0 ? 0 : Math.max(0, performance.now() - this.#dueMs);
    const tell = (outcome: Operation["outcome"]) =>
      this.#world.onOperation({
        id: operation.id,
        process: this.id,
        object: operation.object,
        kind: operation.kind,
        ...(operation.key === undefined ? {} : { key: operation.key }),
        input: operation.input,
        attempt: operation.attempt ?? 1,
        outcome,
        intendedAtMs: invokedAtMs - lateMs,
        invokedAtMs,
        completedAtMs: this.#world.clock.nowMs(),
      });
    return this.#tellOutcome(operation, call, tell);
  }

  async #tellOutcome(
    operation: Recorded,
    call: () => Promise<Reply>,
    tell: (outcome: Operation["outcome"]) => void,
  ): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await call();
    } catch (thrown) {
      tell({ type: "unknown", code: thrown instanceof UserStopped ? "aborted" : "script-error" });
      throw thrown;
    }
    let outcome: Operation["outcome"] = { type: "unknown", code: "script-error" };
    try {
      outcome = outcomeOf(reply, operation);
    } finally {
      tell(outcome);
    }
    return reply;
  }

  async group<T>(name: string, body: () => Promise<T>): Promise<T> {
    const outer = this.scope;
    const inner = outer.group(name);
    const startedMs = performance.now();
    this.scope = inner;
    try {
      return await body();
    } finally {
      this.scope = outer;
      inner.custom("group_duration", "", true).record(performance.now() - startedMs);
    }
  }

  counter(name: string, add = 1): void {
    this.#custom(name, add, false, "counter");
  }

  gauge(name: string, value: number): void {
    this.#custom(name, value, false, "gauge");
  }

  rate(name: string, happened: boolean): void {
    const series = this.scope.custom(name, "", false);
    series.record(happened ? 1 : 0);
    if (!happened) series.failed++;
  }

  trend(name: string, value: number): void {
    this.#custom(name, value, true);
  }

  #custom(name: string, value: number, withHistogram: boolean, kind?: MetricDelta["kind"]): void {
    if (!Number.isFinite(value))
      return this.#world.onNote(`metric:${name}`, `metric "${name}" was given ${value}: not counted`);
    this.scope.custom(name, "", withHistogram, kind).record(value);
  }

  takeDueMs(nowMs: number): number {
    const due = this.#dueMs;
    this.#dueMs = 0;
    this.activity++;
    return due === 0 ? nowMs : due;
  }

  onLocalTrouble(message: string): void {
    this.#world.onNote("local", `this machine could not open a connection: ${message}`);
  }

  /** A new iteration begins; its first call was due at `dueMs` (performance.now()), or is due when made (0). Gives the time. */
  begin(dueMs: number): number {
    this.iteration++;
    const nowMs = performance.now();
    this.#iterationMs = dueMs === 0 ? nowMs : dueMs;
    if (dueMs !== 0) this.#dueMs = dueMs;
    return nowMs;
  }

  /** The next call was due at `dueMs`, be it in onStart or in the first iteration. */
  due(dueMs: number): void {
    this.#dueMs = dueMs;
  }

  /** Waits; rejects with UserStopped when the user is stopped for good meanwhile. */
  sleep(durationMs: number): Promise<void> {
    if (this.session.closed) return Promise.reject(new UserStopped());
    return new Promise((resolve, reject) => this.#begin(durationMs, resolve, reject));
  }

  /** The pause after an iteration, by the scenario's think time or as long as given; ends early when the user shall leave. */
  rest(durationMs?: number): Promise<void> {
    const chosenMs = durationMs ?? this.#thinking(() => this.random, performance.now() - this.#iterationMs);
    return new Promise((resolve) => {
      if (this.session.closed) resolve();
      else this.#begin(chosenMs, resolve, null);
    });
  }

  #begin(durationMs: number, wake: () => void, stop: ((reason: UserStopped) => void) | null): void {
    if (durationMs > 0) this.activity++;
    const sleep = new Sleep(this, wake, stop);
    sleep.alarm = this.#world.alarms.at(performance.now() + durationMs, sleep);
    if (this.#sleep === null) this.#sleep = sleep;
    else {
      this.#moreSleeps ??= new Set();
      this.#moreSleeps.add(sleep);
    }
  }

  /** A wait has come to its own end. */
  slept(sleep: Sleep): void {
    if (this.#sleep === sleep) this.#sleep = null;
    else this.#moreSleeps?.delete(sleep);
  }

  /** Ends all waiting at once; used for the pause after an iteration, when the user is asked to leave. */
  wake(): void {
    for (const sleep of this.#takeSleeping()) sleep.wake();
  }

  /** Stops the user for good: its calls fail as aborted, its waits reject. */
  abort(): void {
    this.session.close();
    this.#abort?.abort(new UserStopped());
    for (const sleep of this.#takeSleeping()) sleep.stop();
  }

  #takeSleeping(): Sleep[] {
    const sleeping = [...(this.#sleep === null ? [] : [this.#sleep]), ...(this.#moreSleeps ?? [])];
    this.#sleep = null;
    this.#moreSleeps = null;
    for (const { alarm } of sleeping) if (alarm !== null) this.#world.alarms.cancel(alarm);
    return sleeping;
  }
}

/** One wait of a user, which nearly always has only one at a time. */
class Sleep implements Ringing {
  alarm: Alarm | null = null;
  readonly wake: () => void;
  readonly #user: LoadUser;
  readonly #stop: ((reason: UserStopped) => void) | null;

  constructor(user: LoadUser, wake: () => void, stop: ((reason: UserStopped) => void) | null) {
    this.#user = user;
    this.wake = wake;
    this.#stop = stop;
  }

  ring(): void {
    this.#user.slept(this);
    this.wake();
  }

  stop(): void {
    if (this.#stop === null) this.wake();
    else this.#stop(new UserStopped());
  }
}
