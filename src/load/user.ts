/** A user: one running instance of a scenario, as its script sees it. */

import { AsyncLocalStorage } from "node:async_hooks";
import { type Thinking, thinking } from "../scenario/think.ts";
import type {
  Called,
  CallOptions,
  Http,
  Recorded,
  Reply,
  ScenarioDefinition,
  SocketOptions,
  ThinkTime,
  TransportError,
  User,
  UserSocket,
} from "../scenario.ts";
import type { Json } from "../std/json.ts";
import { type Random, seededRandom } from "../std/random.ts";
import type { CustomKind } from "./count/custom-metric.ts";
import { countCustom } from "./count/custom-metric.ts";
import type { Series } from "./count/metrics.ts";
import { beginOperation, noCall, recordReply } from "./count/recording.ts";
import type { Scope } from "./count/scope.ts";
import { LazyHttp2 } from "./http/http2.ts";
import { leftInWords } from "./http/redirect.ts";
import { Session, type SessionOwner } from "./http/session.ts";
import { Sleeping } from "./time/sleeping.ts";
import { UserStopped } from "./user/stopped.ts";
import type { Closable, UserWorld } from "./user/world.ts";

const groupScope = new AsyncLocalStorage<Scope>();
const NO_TIME: Thinking = () => 0;

export class LoadUser implements User, SessionOwner {
  readonly id: string;
  readonly worker: string;
  readonly index: number;
  readonly runId: string;
  readonly scenario: string;
  readonly state: Record<string, unknown> = {};
  iteration = -1;
  /** A counter that grows with every call and wait. An iteration that does not change it has awaited nothing of ours. */
  activity = 0;
  readonly #scope: Scope;
  /** The number of open groups. While it is 0, the current group need not be looked up. */
  #groups = 0;
  readonly session: Session;
  readonly http: Http;
  readonly #definition: ScenarioDefinition;
  readonly #world: UserWorld;
  readonly #thinking: Thinking;
  #interrupted = false;
  #env: Record<string, string> | null = null;
  #random: Random | null = null;
  #abort: AbortController | null = null;
  #http2: LazyHttp2 | null = null;
  #open: Set<Closable> | null = null;
  readonly #sleeping: Sleeping;
  #iterationMs = 0;
  #dueMs = 0;

  constructor(index: number, definition: ScenarioDefinition, scope: Scope, world: UserWorld) {
    this.index = index;
    this.id = `${world.worker}/u${index}`;
    this.worker = world.worker;
    this.runId = world.runId;
    this.scenario = definition.name;
    this.#scope = scope;
    this.session = new Session(world.session, this);
    this.http = world.http2 ? this.http2 : this.session;
    this.#definition = definition;
    this.#world = world;
    this.#sleeping = new Sleeping(world.alarms);
    this.#thinking = definition.think === undefined ? NO_TIME : thinking(definition.think);
  }

  get scope(): Scope {
    return this.#groups === 0 ? this.#scope : (groupScope.getStore() ?? this.#scope);
  }

  get http2(): Http {
    this.#http2 ??= new LazyHttp2(this.session);
    return this.#http2;
  }

  /** Returns this user's own copy, so that no other user sees a change to it. */
  get env(): Record<string, string> {
    this.#env ??= { ...this.#world.env };
    return this.#env;
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

  /** True when the scenario has a think time, and so a pause after each iteration. */
  get pauses(): boolean {
    return this.#thinking !== NO_TIME;
  }

  check(name: string, holds: boolean): boolean {
    if (this.session.closed) return holds; // not counted: the user's end may have cut off the answer that is checked
    const series = this.scope.check(name);
    series.record(holds ? 1 : 0);
    if (!holds) series.failed++;
    return holds;
  }

  record(operation: Recorded, call: () => Promise<Reply>): Promise<Reply>;
  record<T>(
    kind: string,
    input: Json,
    call: (signal: AbortSignal) => Promise<T>,
    options?: CallOptions<T>,
  ): Promise<Called<T>>;
  record<T>(
    what: Recorded | string,
    second: Json | (() => Promise<Reply>),
    call?: (signal: AbortSignal) => Promise<T>,
    options: CallOptions<T> = {},
  ): Promise<Reply | Called<T>> {
    if (typeof what !== "string") {
      const lateMs = this.#dueMs === 0 ? 0 : Math.max(0, performance.now() - this.#dueMs);
      return recordReply(what, second as () => Promise<Reply>, beginOperation(this.#world, this.id, what, lateMs));
    }
    if (typeof call !== "function") throw noCall(what);
    return this.#call({ kind: what, input: second as Json }, call, options);
  }

  async #call<T>(
    subject: { readonly kind: string; readonly input: Json },
    call: (signal: AbortSignal) => Promise<T>,
    options: CallOptions<T>,
  ): Promise<Called<T>> {
    const { makeCall } = await import("./user/foreign-call.ts");
    return makeCall(this, this.#world, subject, call, options);
  }

  async socket(path: string, options: SocketOptions = {}): Promise<UserSocket> {
    if (this.session.closed) throw new UserStopped();
    const { openSocket } = await import("./user/sockets.ts");
    return openSocket(this, this.#world, path, options);
  }

  /** Runs `body` as a group. Groups may run concurrently, so asynchronous local storage holds the group of each call. */
  async group<T>(name: string, body: () => Promise<T>): Promise<T> {
    const inner = this.scope.group(name);
    const startedMs = performance.now();
    this.#groups++;
    try {
      return await groupScope.run(inner, async () => await body());
    } finally {
      this.#groups--;
      if (!this.session.closed) inner.custom("group_duration", "", true).record(performance.now() - startedMs);
    }
  }

  counter(name: string, add = 1): void {
    this.#custom(name, add, "counter");
  }

  gauge(name: string, value: number): void {
    this.#custom(name, value, "gauge");
  }

  rate(name: string, happened: boolean): void {
    const series = this.#custom(name, happened ? 1 : 0, "rate");
    if (!happened && series !== null) series.failed++;
  }

  trend(name: string, value: number): void {
    this.#custom(name, value, "trend");
  }

  /** Counts a custom metric. Returns null, and counts nothing, after the user was cut off: its script cannot know of that. */
  #custom(name: string, value: number, kind: CustomKind): Series | null {
    return this.session.closed ? null : countCustom(this.scope, this.#world, name, value, kind);
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

  /** Notes the first failure of each kind. */
  onNoAnswer({ code, message }: TransportError): void {
    if (code !== "aborted") this.#world.onNote(`no-answer:${code}`, `the first "${code}": ${message}`);
  }

  /** Notes the first redirect that was not followed, because such answers look like quick successes. */
  onRedirectLeft(location: string | null): void {
    this.#world.onNote("redirect", leftInWords(location));
  }

  onCookieRefused(name: string, why: string): void {
    const shown = JSON.stringify(name.slice(0, 60));
    this.#world.onNote(
      `cookie:${shown}`,
      `the cookie ${shown} was not kept, as browsers keep none of its kind: ${why}`,
    );
  }

  /** Begins an iteration at `nowMs`. Its first call was due at `dueMs` (both performance.now()), or is due when made (0). */
  begin(dueMs: number, nowMs: number): void {
    this.iteration++;
    this.#iterationMs = dueMs === 0 ? nowMs : dueMs;
    if (dueMs !== 0) this.#dueMs = dueMs;
  }

  /** Sets when the next call was due, whether onStart or the first iteration makes it. */
  due(dueMs: number): void {
    this.#dueMs = dueMs;
  }

  /** Waits for `durationMs`; rejects with UserStopped when the user is stopped for good in the meantime. */
  sleep(durationMs: number): Promise<void> {
    if (this.session.closed) return Promise.reject(new UserStopped());
    return new Promise((resolve, reject) => this.#begin(durationMs, resolve, reject));
  }

  /** Pauses after an iteration, for `durationMs` or the scenario's think time; ends early when the user is asked to leave. */
  rest(durationMs?: number): Promise<void> {
    const chosenMs = durationMs ?? this.#thinking(() => this.random, performance.now() - this.#iterationMs);
    return new Promise((resolve) => {
      if (this.session.closed) resolve();
      else this.#begin(chosenMs, resolve, null);
    });
  }

  #begin(durationMs: number, wake: () => void, stop: ((reason: UserStopped) => void) | null): void {
    if (durationMs > 0) this.activity++;
    this.#sleeping.begin(durationMs, wake, stop);
  }

  /** Ends all waits at once. It cuts short the pause after an iteration when the user is asked to leave. */
  wake(): void {
    for (const sleep of this.#sleeping.take()) sleep.wake();
  }

  /** Registers something that has to end with the user. */
  opened(closable: Closable): void {
    this.#open ??= new Set();
    this.#open.add(closable);
  }

  hasClosed(closable: Closable): void {
    this.#open?.delete(closable);
  }

  /** Closes all connections; calls in flight and later calls fail as aborted. */
  close(): void {
    this.session.close();
    this.#http2?.close();
    for (const closable of this.#open ?? []) closable.close();
  }

  onInterrupted(): void {
    this.#interrupted = true;
  }

  /** Stops the user for good: its calls fail and its waits reject. Returns false if the script was in an await of its own. */
  abort(): boolean {
    const sleeping = this.#sleeping.take();
    this.#interrupted ||= sleeping.length > 0 || (this.#open?.size ?? 0) > 0;
    this.close();
    this.#abort?.abort(new UserStopped());
    for (const sleep of sleeping) sleep.stop();
    return this.#interrupted;
  }
}
