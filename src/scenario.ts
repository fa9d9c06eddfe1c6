/**
 * A scenario describes what one user does. It is a TypeScript module whose default export is made by `scenario({...})`. A
 * user is one running instance of a scenario. Like a browser, each user has a keep-alive connection and a cookie jar of
 * its own.
 *
 *     import { scenario } from "gameday";
 *     export default scenario({
 *       name: "counter-sale",
 *       think: { uniform: ["1s", "3s"] },
 *       async onStart(user) { await user.http.post("/login", { json: { name: user.id } }); },
 *       async run(user) {
 *         const id = user.uniqueId();
 *         await user.record({ object: "orders", kind: "add", id, input: { id } },
 *           () => user.http.post("/orders", { json: { id }, name: "POST /orders" }));
 *       },
 *     });
 */
import type { Outcome } from "./history.ts";
import type { Http, Reply } from "./scenario/http.ts";
import type { SocketOptions, UserSocket } from "./scenario/socket.ts";
import type { Json } from "./std/json.ts";
import type { Random } from "./std/random.ts";

export { csv, type Feeder, json, rows } from "./scenario/feeder.ts";
export type {
  CookieOptions,
  Cookies,
  FormValue,
  Http,
  Reply,
  RequestOptions,
  TransportError,
} from "./scenario/http.ts";
export type { ReceiveOptions, SocketMessage, SocketOptions, UserSocket } from "./scenario/socket.ts";

/** A length of time such as "1500ms", "2s", "5m" or "1h30m"; the unit is always required. */
export type Duration = string;

/**
 * The time that a user waits after an iteration, or wherever the script calls think(). With `pacing`, iterations start at
 * least that far apart.
 */
export type ThinkTime =
  | Duration
  | { readonly uniform: readonly [Duration, Duration] }
  | { readonly normal: readonly [mean: Duration, deviation: Duration] }
  | { readonly pacing: Duration };

/** The timeout and the name of a call that is not HTTP, and the claim that it belongs to. */
export interface CallOptions<T> {
  /** The name under which the call is counted; the default is its kind. */
  readonly name?: string;
  /** The default is the load's timeout. When it expires, the call's signal is aborted and its result is no longer awaited. */
  readonly timeout?: Duration;
  /** The object of a claim; the call is recorded in the history under that claim. */
  readonly object?: string;
  /** The default is a generated id. */
  readonly id?: string;
  /** The part of the object that the call concerns: a register's name, a session. */
  readonly key?: string;
  /** Extracts what the answer contains, for reads and models; the default is null. */
  readonly output?: (value: T) => Json;
  /** Returns true if the error proves that the call was certainly not applied. */
  readonly notApplied?: (error: unknown) => boolean;
}

/** The result of a call that is not HTTP. `responseMs` is measured from the moment at which the call was due. */
export type Called<T> = { readonly serviceMs: number; readonly responseMs: number } & (
  | { readonly ok: true; readonly value: T; readonly error: null }
  | {
      readonly ok: false;
      readonly value: undefined;
      /** `code` is the error's own code ("14", "ECONNREFUSED"), "timeout", "aborted", or the name of the error's class. */
      readonly error: { readonly code: string; readonly message: string };
    }
);

/** An operation that is recorded in the history under the claim of its object. */
export interface Recorded {
  /** The object of a claim: "orders", "stock". */
  readonly object: string;
  /** What is done, in the terms of the object's checkers: "add", "read", "write". */
  readonly kind: string;
  readonly id: string;
  readonly input: Json;
  /** The part of the object that the operation concerns: a register's name, a session. */
  readonly key?: string;
  /** The number of the attempt, 1 by default; pass 2, 3 ... when the same id is tried again. */
  readonly attempt?: number;
  /** Extracts what the reply contains, for reads and models; the default is null. It is called only for a successful reply. */
  readonly output?: (reply: Reply) => Json;
  /**
   * Decides the outcome of a reply itself, for an app that answers "no" with a complete 2xx reply. Undefined: the usual
   * rules apply.
   */
  readonly outcome?: (reply: Reply) => Outcome | undefined;
}

/** One running instance of a scenario. */
export interface User {
  /** The worker and the user within it: "w0/u12". */
  readonly id: string;
  /** The worker that runs this user: "w0". */
  readonly worker: string;
  /** The number of the user in the whole run, from 0; it does not depend on the number of workers. */
  readonly index: number;
  readonly runId: string;
  /** The name of the scenario. */
  readonly scenario: string;
  /** The number of the current iteration of this user, from 0; -1 in onStart. */
  readonly iteration: number;
  readonly http: Http;
  /**
   * The same as `http`, but over HTTP/2 (ALPN over TLS, prior knowledge without TLS) on one connection with many streams.
   * The cookies are shared.
   */
  readonly http2: Http;
  /** A random stream of this user's own, which depends only on the run's seed and the user's index. */
  readonly random: Random;
  /** Free for the script to use: whatever this user remembers between iterations. */
  readonly state: Record<string, unknown>;
  /** Aborted when the user is stopped for good. */
  readonly signal: AbortSignal;
  /** Values given by -e K=V or by the plan. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns run/worker/user/sequence; no value is returned twice in a run. */
  uniqueId(): string;
  /** Waits for the given time; by default for the scenario's think time. */
  think(time?: ThinkTime): Promise<void>;
  /** Counts a check by name and returns whether it held. */
  check(name: string, holds: boolean): boolean;
  /**
   * Runs the call and records its outcome: 2xx is ok; 5xx, a reset and a timeout are unknown; refused is recorded only if
   * it is proven.
   */
  record(operation: Recorded, call: () => Promise<Reply>): Promise<Reply>;
  /**
   * Runs any other call (gRPC, a queue, a database), which is timed and counted by its kind. It never rejects with an error
   * that the call throws.
   */
  record<T>(
    kind: string,
    input: Json,
    call: (signal: AbortSignal) => Promise<T>,
    options?: CallOptions<T>,
  ): Promise<Called<T>>;
  /** Opens a WebSocket at a path, or at a ws:// or wss:// URL, with the user's cookies. */
  socket(path: string, options?: SocketOptions): Promise<UserSocket>;
  /** Runs `body` as a group: what it counts is tagged with the group, and the duration is counted as `group_duration`. */
  group<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Adds to a metric of the script's own; `add` is 1 by default. */
  counter(name: string, add?: number): void;
  /** Reports a level; the latest value counts. */
  gauge(name: string, value: number): void;
  /** Counts how often something happened, as a share of all calls with this name. */
  rate(name: string, happened: boolean): void;
  /** Records a value of a metric whose distribution counts: mean and percentiles. */
  trend(name: string, value: number): void;
}

/** What setup() and teardown() may use: one session like a user's, outside the load. */
export interface SetupContext {
  readonly runId: string;
  readonly http: Http;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a scenario consists of; only `name` and either `run` or `tasks` are required. */
export interface ScenarioDefinition {
  /** The name under which the scenario is reported, on one line. */
  readonly name: string;
  /** The share of the load's users that run this scenario, relative to the other scenarios; the default is 1. */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Addresses that are used instead of a name lookup: { "shop.test": "127.0.0.1", "api.test:8443": ["127.0.0.2"] }. */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>>;
  /** The pause after each iteration; by default there is none. */
  readonly think?: ThinkTime;
  /**
   * Runs once per run, before any user starts. What it returns (null for nothing) is passed to every user's onStart as
   * `data`.
   */
  readonly setup?: (context: SetupContext) => Promise<Json>;
  /** Runs once per run, after the load; `data` is what setup() returned. */
  readonly teardown?: (context: SetupContext, data: Json) => Promise<void>;
  /** Runs once for each user, before its first iteration; it is repeated until it succeeds. */
  readonly onStart?: (user: User, data: Json) => Promise<void>;
  /** Runs once for each user, after its last iteration. */
  readonly onStop?: (user: User) => Promise<void>;
  /** Called by the engine after a 401, before the request is repeated; at most once per request. */
  readonly login?: (user: User) => Promise<void>;
  /** One iteration. Define either `run` or weighted `tasks`. */
  readonly run?: (user: User) => Promise<void>;
  /** Each iteration runs one of the tasks, chosen at random by weight (default 1). */
  readonly tasks?: readonly {
    readonly name: string;
    readonly weight?: number;
    readonly run: (user: User) => Promise<void>;
  }[];
}

/** Marks an object as a scenario and gives it its type. It validates nothing, so that a module loads quickly. */
export function scenario(definition: ScenarioDefinition): ScenarioDefinition {
  return definition;
}

/** What a probe may use at each beat. The engine decides whether the request goes over a kept or a fresh connection. */
export interface ProbeContext {
  readonly runId: string;
  readonly http: Http;
  /** The id of the beat's operation; it is unique in the run. */
  readonly id: string;
  /** The number of the beat within its class, over both streams. */
  readonly sequence: number;
  /** Free for the probe to use: whatever this stream remembers between beats. */
  readonly state: Record<string, unknown>;
  readonly signal: AbortSignal;
}

/**
 * A probe exists only to measure outages precisely. The engine calls `beat` `rate` times a second, open-loop, on two
 * streams (one on a kept connection, one on fresh connections) in a separate process. Its operations are recorded under
 * the claim of `object`.
 */
export interface ProbeDefinition {
  /** The kind of user experience that the probe represents: "order-write", "session-write", "read". */
  readonly class: string;
  /** The object of a claim: "orders", "stock". */
  readonly object: string;
  /** What is done, in the terms of the object's checkers: "add", "read", "write". */
  readonly kind: string;
  /**
   * Beats a second on each of the two streams, 1 to 20; the default is 20. A lower rate costs the platform less, but
   * outages are measured less precisely: to within one beat at either end. The plan's `probes.rate` takes precedence.
   */
  readonly rate?: number;
  readonly timeout?: Duration;
  /** Runs before the first beat, and again whenever a beat fails: logs in, creates what the beats need. */
  readonly prepare?: (context: ProbeContext) => Promise<void>;
  /** Returns the input that is recorded for the beat; the default is { id }. */
  readonly input?: (context: ProbeContext) => Json;
  /** Sends the request of one beat. */
  readonly beat: (context: ProbeContext) => Promise<Reply>;
  /** Extracts what the reply contains; the default is null. */
  readonly output?: (reply: Reply) => Json;
}

/** Marks a list as the probes of a platform and gives it its type: `export default probes([...])`. */
export function probes(definitions: readonly ProbeDefinition[]): readonly ProbeDefinition[] {
  return definitions;
}
