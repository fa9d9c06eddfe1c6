/**
 * A user's HTTP session: one keep-alive connection (more, up to six, only while calls overlap), a cookie jar, redirects,
 * one repeated login after a 401. Every exchange is counted under its name.
 */
import type { Http, Reply, RequestOptions, TransportError } from "../../scenario.ts";
import type { Scope } from "../count/scope.ts";
import { Call } from "./call.ts";
import { type Carrier, Connection } from "./connection.ts";
import { type CookieSite, siteOf } from "./cookie.ts";
import { CookieJar } from "./cookies.ts";
import { Logins } from "./logins.ts";
import type { Network } from "./network.ts";
import { type Origin, splitUrl } from "./origin.ts";
import { type FixedHeaders, type FixedLines, fixedLines } from "./request.ts";
import { mustBeRead, readBody } from "./request-body.ts";

/** As browsers do for HTTP/1.1. */
export const BROWSER_CONNECTIONS_MAX = 6;
const QUEUE_MAX = 10_000;

export interface SessionSettings {
  readonly base: { readonly origin: Origin; readonly prefix: string };
  readonly network: Network;
  readonly headers: FixedLines;
  readonly timeoutMs: number;
  readonly redirectsMax: number;
  /** Repeat a GET or HEAD once when a kept connection turns out to have been closed by the server, as browsers do. */
  readonly repeatsOnStale: boolean;
  /** Connections to one origin while calls overlap; later calls wait. */
  readonly connectionsMax: number;
  /** A new connection for each exchange, closed after it. */
  readonly freshConnections: boolean;
}

/** Whose calls these are. */
export interface SessionOwner {
  /** Where calls are counted now. */
  readonly scope: Scope;
  /** performance.now() at which the next call was due; takes it, so that later calls are due when they are made. */
  takeDueMs(nowMs: number): number;
  /** Logs in again; null when the scenario has no login. */
  readonly login: (() => Promise<void>) | null;
  /** Told about trouble that is the generator's own: no ports, no descriptors. */
  onLocalTrouble(message: string): void;
  /** Told why a call had no answer: the count of a kind does not say what was wrong with it. */
  onNoAnswer?(error: TransportError): void;
  /** Told that a call was cut off by the end of its user. */
  onInterrupted?(): void;
  /** Told where a redirect that is not followed led to; null: nowhere. */
  onRedirectLeft?(location: string | null): void;
  /** Told of a cookie that browsers would not keep, either. */
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
  /** While set, the place of each call is kept in `lastCall`: costly, so only to name the line of one that nobody awaits. */
  traced = false;
  lastCall: Error | null = null;
  readonly #primary: Connection;
  #others: Connection[] | null = null;
  #queue: Call[] | null = null;

  /** `shared`: another session of the same user, whose cookies and logins are also this one's. */
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

  /** Cookies of an answer; one that browsers would not keep is told, for without it a user may be logged out. */
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
    return new Promise((resolve, reject) => new Call(this, method, path, options, resolve, reject).start());
  }

  header(name: string, value: string | null): void {
    const { headers } = this.#fixed;
    const others = Object.entries(headers).filter(([known]) => known.toLowerCase() !== name.toLowerCase());
    this.#fixed = fixedLines(
      Object.fromEntries(value === null || value === undefined ? others : [...others, [name, value]]),
    );
  }

  /** What every request carries, besides Host and cookies. */
  get fixedHeaders(): SessionSettings["headers"] {
    return this.#fixed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A call is under way. */
  get busy(): boolean {
    return this.#primary.busy || (this.#others?.some((connection) => connection.busy) ?? false);
  }

  /** A connection to the origin that is free, or null when the call has to wait for one. */
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

  /** Lets a call wait until a connection is free; false when too many wait already. */
  enqueue(call: Call): boolean {
    this.#queue ??= [];
    if (this.#queue.length >= QUEUE_MAX) return false;
    this.#queue.push(call);
    return true;
  }

  /** A connection has become free. */
  released(connection: Carrier | null): void {
    if (connection !== null && this.settings.freshConnections) {
      this.#others = (this.#others ?? []).filter((other) => other !== connection);
      connection.close();
    }
    if (this.#queue !== null && this.#queue.length > 0) this.#queue.shift()?.dispatch();
  }

  /** Ends all connections, keeping cookies; the next call opens a fresh one. */
  disconnect(): void {
    this.#primary.close();
    for (const connection of this.#others ?? []) connection.close();
    this.#others = null;
  }

  /** Ends all connections; calls in flight, waiting and later ones fail as aborted. */
  close(): void {
    this.#closed = true;
    this.disconnect();
    const waiting = this.#queue ?? [];
    this.#queue = null;
    for (const call of waiting) call.dispatch();
  }
}
