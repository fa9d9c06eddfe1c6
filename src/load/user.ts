/**
 * A user: one running instance of a scenario, as its script sees it. Its parts are in user/: the turn (its current iteration), pauses,
 * measures, groups and belongings. The engine uses some of these parts directly.
 */

import type {
  Called,
  CallOptions,
  Http,
  Recorded,
  Reply,
  ScenarioDefinition,
  SocketOptions,
  ThinkTime,
  User,
  UserSocket,
} from "../scenario.ts";
import type { Json } from "../std/json.ts";
import { type Random, seededRandom } from "../std/random.ts";
import { beginOperation, noCall, recordReply } from "./count/recording.ts";
import type { Scope } from "./count/scope.ts";
import { LazyHttp2 } from "./http/http2.ts";
import { Session } from "./http/session.ts";
import { Belongings } from "./user/belongings.ts";
import { Groups } from "./user/groups.ts";
import { Measures } from "./user/measures.ts";
import { Pauses } from "./user/pauses.ts";
import { UserOfSession } from "./user/session-owner.ts";
import { UserStopped } from "./user/stopped.ts";
import { Turn } from "./user/turn.ts";
import type { UserWorld } from "./user/world.ts";

export class LoadUser implements User {
  readonly id: string;
  readonly worker: string;
  readonly index: number;
  readonly runId: string;
  readonly scenario: string;
  readonly state: Record<string, unknown> = {};
  readonly http: Http;
  readonly session: Session;
  readonly turn = new Turn();
  readonly belongings = new Belongings();
  readonly pauses: Pauses;
  readonly #groups: Groups;
  readonly #measures: Measures;
  readonly #world: UserWorld;
  #env: Record<string, string> | null = null;
  #random: Random | null = null;
  #abort: AbortController | null = null;
  #http2: LazyHttp2 | null = null;

  constructor(index: number, definition: ScenarioDefinition, scope: Scope, world: UserWorld) {
    const { turn, belongings } = this;
    const { login } = definition;
    this.index = index;
    this.id = `${world.worker}/u${index}`;
    this.worker = world.worker;
    this.runId = world.runId;
    this.scenario = definition.name;
    this.#world = world;
    this.#groups = new Groups(scope);
    const parts = { index, turn, groups: this.#groups, belongings, world };
    const owner = new UserOfSession({ ...parts, login: login === undefined ? null : () => login(this) });
    this.session = new Session(world.session, owner);
    this.http = world.http2 ? this.http2 : this.session;
    const { session } = this;
    this.#measures = new Measures(this.#groups, session, world);
    this.pauses = new Pauses({ alarms: world.alarms, session, turn, random: () => this.random }, definition.think);
  }

  get iteration(): number {
    return this.turn.iteration;
  }

  /** The scope in which the calls of the code that runs now are counted. */
  get scope(): Scope {
    return this.#groups.scope;
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

  uniqueId(): string {
    return `${this.runId}/${this.id}/${this.#world.nextSequence()}`;
  }

  think(time?: ThinkTime): Promise<void> {
    return this.pauses.think(time);
  }

  check(name: string, holds: boolean): boolean {
    this.#measures.check(name, holds);
    return holds;
  }

  group<T>(name: string, body: () => Promise<T>): Promise<T> {
    return this.#measures.group(name, body);
  }

  counter(name: string, add = 1): void {
    this.#measures.custom("counter", name, add);
  }

  gauge(name: string, value: number): void {
    this.#measures.custom("gauge", name, value);
  }

  rate(name: string, happened: boolean): void {
    this.#measures.rate(name, happened);
  }

  trend(name: string, value: number): void {
    this.#measures.custom("trend", name, value);
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
      const lateMs = this.turn.lateMs(performance.now());
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
    return makeCall({ user: this, world: this.#world }, subject, call, options);
  }

  async socket(path: string, options: SocketOptions = {}): Promise<UserSocket> {
    if (this.session.closed) throw new UserStopped();
    const { openSocket } = await import("./user/sockets.ts");
    return openSocket(this, this.#world, path, options);
  }

  /** Closes all connections; calls in flight and later calls fail as aborted. */
  close(): void {
    this.session.close();
    this.#http2?.close();
    this.belongings.close();
  }

  /** Stops the user for good: its calls fail and its waits reject. Returns false if the script was in an await of its own. */
  abort(): boolean {
    const sleeping = this.pauses.take();
    const wasWaiting = sleeping.length > 0 || this.belongings.areOpen;
    this.close();
    this.#abort?.abort(new UserStopped());
    for (const sleep of sleeping) sleep.stop();
    return wasWaiting || this.belongings.cutOff;
  }
}
