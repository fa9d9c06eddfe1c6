/**
 * A user's HTTP session: one keep-alive connection (up to six while calls overlap), a cookie jar, redirects, and one repeated
 * login after a 401. Every exchange is counted under its name.
 */
import type { Http, Reply, RequestOptions, TransportError } from "../../scenario.ts";
import type { Scope } from "../count/scope.ts";
import { OutgoingCall } from "./call.ts";
import { type Carrier, Connection } from "./connection.ts";
import { type CookieSite, siteOf } from "./cookie.ts";
import { CookieJar } from "./cookies.ts";
import { Logins } from "./logins.ts";
import type { Network } from "./network.ts";
import { type Origin, splitUrl } from "./origin.ts";
import { type FixedHeaders, type FixedLines, fixedLines } from "./request.ts";
import { mustBeRead, readBody } from "./request-body.ts";

/** The most connections to one origin that browsers open for HTTP/1.1. */
export const BROWSER_CONNECTIONS_MAX = 6;
const QUEUE_MAX = 10_000;

export interface SessionSettings {
  readonly base: { readonly origin: Origin; readonly prefix: string };
  readonly network: Network;
  readonly headers: FixedLines;
  readonly timeoutMs: number;
  readonly redirectsMax: number;
  /**
   * Repeats a GET or HEAD once when a kept connection turns out to have been closed by the server, as browsers do, and any call
   * that the server reports as not processed.
   */
  readonly repeatsOnStale: boolean;
  /** The most connections to one origin while calls overlap; further calls wait. */
  readonly connectionsMax: number;
  /** Opens a new connection for each exchange and closes it afterwards. */
  readonly freshConnections: boolean;
}

/** The maker of a session's calls, such as a user or a setup. */
export interface SessionOwner {
  /** The number of the user in the whole run; absent: it is no user. */
  readonly index?: number;
  /** The scope in which calls are counted now. */
  readonly scope: Scope;
  /** Returns when the next call was due (performance.now()), and clears it, so that later calls are due when they are made. */
  takeDueMs(nowMs: number): number;
  /** Logs in again; null when the scenario has no login. */
  readonly login: (() => Promise<void>) | null;
  /** Is called with a problem of the load generator itself: no free ports, no file descriptors. */
  onLocalTrouble(message: string): void;
  /** Is called with the reason why a call had no answer, which the count of its kind does not contain. */
  onNoAnswer?(error: TransportError): void;
  /** Is called when the end of its user cut off a call. */
  onInterrupted?(): void;
  /** Is called with the place that a redirect which is not followed led to; null when it named none. */
  onRedirectLeft?(location: string | null): void;
  /** Is called for a cookie that is not kept, as browsers would not keep it either. */
  onCookieRefused?(name: string, why: string): void;
}

export function sessionSettings(
  baseUrl: string,
  network: Network,
  headers: FixedHeaders,
  limits: Partial<Omit<SessionSettings, "base" | "network" | "headers">> & Pick<SessionSettings, "timeoutMs">,
): SessionSettings {
  const { origin, path } = splitUrl(baseUrl);
  const prefix = path.replace(/[?#].*$/, "").replace(/\/$/, "");
  return {
    base: { origin, prefix },
    network,
    headers: fixedLines(headers),
    redirectsMax: 10,
    repeatsOnStale: true,
    connectionsMax: BROWSER_CONNECTIONS_MAX,
    freshConnections: false,
    ...limits,
  };
}

export class Session implements Http {
  readonly settings: SessionSettings;
  readonly owner: SessionOwner;
  readonly jar: CookieJar;
  readonly logins: Logins;
  #closed = false;
  #fixed: SessionSettings["headers"];
  /** While true, `lastCall` keeps the place of each call. This is costly, so it serves only to find calls without an await. */
  traced = false;
  lastCall: Error | null = null;
  readonly #primary: Connection;
  #others: Connection[] | null = null;
  #queue: OutgoingCall[] | null = null;

  /** Creates a session. `shared` is another session of the same user, whose cookies and logins it shares. */
  constructor(settings: SessionSettings, owner: SessionOwner, shared?: Session) {
    this.jar = shared?.jar ?? new CookieJar(() => this.#ownSite(), settings.base.prefix);
    this.logins = shared?.logins ?? new Logins();
    this.settings = settings;
    this.#fixed = settings.headers;
    this.owner = owner;
    this.#primary = new Connection(settings.base.origin, settings.network);
  }

  get(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("GET", path, options);
  }

  post(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("POST", path, options);
  }

  put(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("PUT", path, options);
  }

  patch(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("PATCH", path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("DELETE", path, options);
  }

  request(method: string, path: string, options?: RequestOptions): Promise<Reply> {
    if (this.traced) this.lastCall = new Error("a call");
    if (mustBeRead(options)) return this.#requestOnceRead(method, path, options as RequestOptions);
    return this.#request(method, path, options);
  }

  /** Keeps the cookies of an answer. Refused cookies are reported, because a user without them may be logged out. */
  takeCookies(values: readonly string[], site: CookieSite, path: string): void {
    this.jar.take(values, site, path, (name, why) => this.owner.onCookieRefused?.(name, why));
  }

  get cookies(): CookieJar {
    return this.jar;
  }

  async #requestOnceRead(method: string, path: string, options: RequestOptions): Promise<Reply> {
    return this.#request(method, path, await readBody(options));
  }

  #ownSite() {
    const { origin } = this.settings.base;
    return this.#fixed.host === "" ? origin : siteOf(this.#fixed.host, origin.secure);
  }

  #request(method: string, path: string, options?: RequestOptions): Promise<Reply> {
    return new Promise((resolve, reject) => new OutgoingCall(this, method, path, options).start(resolve, reject));
  }

  header(name: string, value: string | null): void {
    const { headers } = this.#fixed;
    const others = Object.entries(headers).filter(([known]) => known.toLowerCase() !== name.toLowerCase());
    this.#fixed = fixedLines(
      Object.fromEntries(value === null || value === undefined ? others : [...others, [name, value]]),
    );
  }

  /** The headers that every request carries, besides those of the call and the jar's cookies. */
  get fixedHeaders(): SessionSettings["headers"] {
    return this.#fixed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** True while a call is in flight. */
  get busy(): boolean {
    return this.#primary.busy || (this.#others?.some((connection) => connection.busy) ?? false);
  }

  /** Returns a free connection to the origin, or null when the call has to wait for one. */
  connectionFor(origin: Origin): Carrier | null {
    const { freshConnections, connectionsMax } = this.settings;
    if (origin === this.settings.base.origin && !this.#primary.busy && !freshConnections) return this.#primary;
    this.#others ??= [];
    let there = origin.text === this.settings.base.origin.text ? 1 : 0;
    for (const connection of this.#others) {
      if (connection.origin.text !== origin.text) continue;
      if (!connection.busy && !freshConnections) return connection;
      there++;
    }
    if (there >= connectionsMax) return null;
    const fresh = new Connection(origin, this.settings.network);
    this.#others.push(fresh);
    return fresh;
  }

  /** Queues a call until a connection is free; returns false when too many calls wait already. */
  enqueue(call: OutgoingCall): boolean {
    this.#queue ??= [];
    if (this.#queue.length >= QUEUE_MAX) return false;
    this.#queue.push(call);
    return true;
  }

  /** Is called when a connection has become free; sends the next waiting call. */
  released(connection: Carrier | null): void {
    if (connection !== null && this.settings.freshConnections) {
      this.#others = (this.#others ?? []).filter((other) => other !== connection);
      connection.close();
    }
    if (this.#queue !== null && this.#queue.length > 0) this.#queue.shift()?.dispatch();
  }

  /** Closes all connections but keeps the cookies; the next call opens a new connection. */
  disconnect(): void {
    this.#primary.close();
    for (const connection of this.#others ?? []) connection.close();
    this.#others = null;
  }

  /** Closes all connections; calls in flight, waiting calls and later calls fail as aborted. */
  close(): void {
    this.#closed = true;
    this.disconnect();
    const waiting = this.#queue ?? [];
    this.#queue = null;
    for (const call of waiting) call.dispatch();
  }
}
