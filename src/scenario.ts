/**
 * A scenario is what one user does, as a TypeScript module with a default export made by `scenario({...})`. A user is one
 * running instance of it, with a keep-alive connection and a cookie jar of its own, like a browser.
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
import type { Http, Reply, TransportError } from "./scenario/http.ts";
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

/** "1500ms", "2s", "5m", "1h30m"; always with a unit. */
export type Duration = string;

/** Time a user waits after an iteration (or where it calls think()). Pacing: iterations start at least that far apart. */
export type ThinkTime =
  | Duration
  | { readonly uniform: readonly [Duration, Duration] }
  | { readonly normal: readonly [mean: Duration, deviation: Duration] }
  | { readonly pacing: Duration };

/** A WebSocket that a user opens. */
export interface SocketOptions {
  /** Name under which it is counted; default "WS path". */
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of this call alone. Undefined: as though it were not there; null: not sent, although all other calls carry it. */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  readonly protocols?: readonly string[];
  /** For opening it, and for each message waited for; default the load's timeout. */
  readonly timeout?: Duration;
}

export interface SocketMessage {
  readonly isBinary: boolean;
  text(): string;
  json<T = unknown>(): T;
  bytes(): Uint8Array;
}

export interface ReceiveOptions {
  readonly timeout?: Duration;
  /** Messages before the first that fits are passed over. */
  readonly where?: (message: SocketMessage) => boolean;
}

export interface UserSocket {
  /** Open, and nothing wrong with it. */
  readonly ok: boolean;
  /** 101 once it was open; the server's status when it answered the handshake otherwise; 0 when it answered nothing. */
  readonly status: number;
  readonly error: TransportError | null;
  /** Does nothing (but counts an error) when the socket is not open. */
  send(data: string | Uint8Array): void;
  sendJson(value: unknown): void;
  /** The next message; null when none came in time, or none will come any more. */
  receive(options?: ReceiveOptions): Promise<SocketMessage | null>;
  /** Resolves when it is gone. Twice is harmless; a user's sockets are closed with it. */
  close(code?: number, reason?: string): Promise<void>;
}

/** How a call that is not HTTP is bounded and counted, and the claim that it belongs to. */
export interface CallOptions<T> {
  /** Name under which it is counted; default its kind. */
  readonly name?: string;
  /** Default the load's timeout; the call is told by its signal, and given up. */
  readonly timeout?: Duration;
  /** Feeds the history under the claim of this object. */
  readonly object?: string;
  /** Default one of its own. */
  readonly id?: string;
  readonly key?: string;
  readonly output?: (value: T) => Json;
  /** True where an error proves that the call was certainly not applied. */
  readonly notApplied?: (error: unknown) => boolean;
}

/** What became of such a call. `responseMs` runs from when it was due. */
export type Called<T> = { readonly serviceMs: number; readonly responseMs: number } & (
  | { readonly ok: true; readonly value: T; readonly error: null }
  | {
      readonly ok: false;
      readonly value: undefined;
      /** `code`: the error's own ("14", "ECONNREFUSED"), "timeout", "aborted", or its class. */
      readonly error: { readonly code: string; readonly message: string };
    }
);

/** An operation that feeds the history under the claim of its object. */
export interface Recorded {
  readonly object: string;
  readonly kind: string;
  readonly id: string;
  readonly input: Json;
  readonly key?: string;
  /** 1 by default; give 2, 3 ... when the same id is tried again. */
  readonly attempt?: number;
  /** What the answer says, for reads and models; default null. Called only for a successful reply. */
  readonly output?: (reply: Reply) => Json;
  /** A full answer with a 2xx that the app uses to say "no": give the outcome yourself. */
  readonly outcome?: (reply: Reply) => Outcome | undefined;
}

export interface User {
  /** "w0/u12" */
  readonly id: string;
  readonly worker: string;
  /** Number of the user in the whole run, from 0, the same whatever the number of workers. */
  readonly index: number;
  readonly runId: string;
  readonly scenario: string;
  /** Iterations begun by this user, from 0. */
  readonly iteration: number;
  readonly http: Http;
  /** The same over HTTP/2 (ALPN over TLS, prior knowledge without), with the same cookies: one connection, many streams. */
  readonly http2: Http;
  readonly random: Random;
  /** Yours: what this user remembers between iterations. */
  readonly state: Record<string, unknown>;
  readonly signal: AbortSignal;
  /** Values given by -e K=V, or by the plan. */
  readonly env: Readonly<Record<string, string>>;
  /** run/worker/user/sequence: never given twice in a run. */
  uniqueId(): string;
  think(time?: ThinkTime): Promise<void>;
  /** Counts a check by name; gives back whether it held. */
  check(name: string, holds: boolean): boolean;
  /** Runs the call and records its outcome by the rules (2xx ok; 5xx, reset, timeout unknown; refused only if proven). */
  record(operation: Recorded, call: () => Promise<Reply>): Promise<Reply>;
  /** Runs any other call (gRPC, a queue, a database), timed and counted by its kind. Never rejects for what it throws. */
  record<T>(
    kind: string,
    input: Json,
    call: (signal: AbortSignal) => Promise<T>,
    options?: CallOptions<T>,
  ): Promise<Called<T>>;
  /** Opens a WebSocket at a path, or a ws:// or wss:// URL, with the user's cookies. */
  socket(path: string, options?: SocketOptions): Promise<UserSocket>;
  group<T>(name: string, body: () => Promise<T>): Promise<T>;
  counter(name: string, add?: number): void;
  gauge(name: string, value: number): void;
  rate(name: string, happened: boolean): void;
  trend(name: string, value: number): void;
}

/** What setup() may use: one user-like session, before the load. */
export interface SetupContext {
  readonly runId: string;
  readonly http: Http;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface ScenarioDefinition {
  readonly name: string;
  /** Share of users among the scenarios of one load; default 1. */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Addresses of names, in the place of what the system says: { "shop.test": "127.0.0.1", "api.test:8443": ["127.0.0.2"] }. */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>>;
  readonly think?: ThinkTime;
  /** Once per run, before any user; what it returns (null for nothing) is `data` of every user's onStart. */
  readonly setup?: (context: SetupContext) => Promise<Json>;
  readonly teardown?: (context: SetupContext, data: Json) => Promise<void>;
  readonly onStart?: (user: User, data: Json) => Promise<void>;
  readonly onStop?: (user: User) => Promise<void>;
  /** Called by the engine before a request is repeated after a 401; at most once per request. */
  readonly login?: (user: User) => Promise<void>;
  /** One iteration. Give either `run` or weighted `tasks`. */
  readonly run?: (user: User) => Promise<void>;
  readonly tasks?: readonly {
    readonly name: string;
    readonly weight?: number;
    readonly run: (user: User) => Promise<void>;
  }[];
}

/** Marks and types a scenario; validates nothing, so that a module is cheap to load. */
export function scenario(definition: ScenarioDefinition): ScenarioDefinition {
  return definition;
}

/** What a probe may use at each beat: one request on a kept or a fresh connection, chosen by the engine. */
export interface ProbeContext {
  readonly runId: string;
  readonly http: Http;
  readonly id: string;
  readonly sequence: number;
  readonly state: Record<string, unknown>;
  readonly signal: AbortSignal;
}

/**
 * A probe's only job is to see outages precisely: the engine calls `beat` `rate` times a second, open-loop, on two streams
 * (kept and fresh connection) in a process of its own. What it writes feeds the claim of `object`.
 */
export interface ProbeDefinition {
  /** The class of users' experience it stands for: "order-write", "session-write", "read". */
  readonly class: string;
  readonly object: string;
  readonly kind: string;
  /**
   * Beats a second of each of its two streams, 1 to 20; default 20. Fewer cost the platform less, and outages are seen less
   * precisely: to within one beat at either end. The plan's `probes.rate` comes before it.
   */
  readonly rate?: number;
  readonly timeout?: Duration;
  /** Before the first beat, and again whenever it fails: log in, create what the beats need. */
  readonly prepare?: (context: ProbeContext) => Promise<void>;
  readonly input?: (context: ProbeContext) => Json;
  readonly beat: (context: ProbeContext) => Promise<Reply>;
  readonly output?: (reply: Reply) => Json;
}

/** Marks and types the probes of a platform: `export default probes([...])`. */
export function probes(definitions: readonly ProbeDefinition[]): readonly ProbeDefinition[] {
  return definitions;
}
