/** One call of a script: its exchange, those that redirects and a repeated login add, and the reply. */
import type { Reply, RequestOptions, TransportError } from "../../scenario.ts";
import type { RequestSeries } from "../count/metrics.ts";
import type { Scope } from "../count/scope.ts";
import { UserStopped } from "../user/stopped.ts";
import { type Answer, replyOf } from "./answer.ts";
import { Attempts } from "./attempts.ts";
import { demandMethod, demandOptions, demandPath, judge, timeoutOf, tooManyCalls } from "./call-options.ts";
import type { Carrier, Repeatable } from "./connection.ts";
import { type CookieSite, siteOf } from "./cookie.ts";
import { type CountedExchange, countEnded, countInterrupted, exemplify } from "./count-exchange.ts";
import { codingError, transportError } from "./failure.ts";
import type { Opening } from "./opener.ts";
import { type Origin, splitUrl } from "./origin.ts";
import { forProxy, type HttpProxy } from "./proxy.ts";
import { isRedirect, methodAfter, redirectionOf, withoutContent, withoutCredentials } from "./redirect.ts";
import { HttpReply } from "./reply.ts";
import { buildRequest, closesAfter, hostOf, type RequestLine } from "./request.ts";
import type { Session } from "./session.ts";

const unsettled = () => undefined;

export class OutgoingCall implements CountedExchange, RequestLine {
  text = "";
  payload: Uint8Array | null = null;
  method: string;
  target = "";
  readonly keepsBody: boolean;
  closes = false;
  timeoutMs: number;
  startedMs = 0;
  sentMs = 0;
  firstByteMs = 0;
  reads = 0;
  bodyBytes = 0;
  opening: Opening | null = null;
  readonly #session: Session;
  #options: RequestOptions | undefined;
  #resolve: (reply: Reply) => void = unsettled;
  #reject: (reason: unknown) => void = unsettled;
  /** The scope in which the call was made, because its answer arrives outside of any code of the script. */
  readonly scope: Scope;
  readonly series: RequestSeries;
  #connection: Carrier | null = null;
  path: string;
  origin: Origin;
  /** The virtual host that the headers name; "" for none. */
  #host = "";
  #site: CookieSite;
  #dueMs = 0;
  status = 0;
  #attempts: Attempts | null = null;
  /** True once the call waits or was sent: the end of its user cuts it off. A call that never began is not counted at all. */
  #begun = false;

  /** Throws GamedayError for a call that cannot be made. */
  constructor(session: Session, method: string, path: string, options: RequestOptions | undefined) {
    this.#session = session;
    this.method = method;
    this.#options = options;
    if (options !== undefined && options !== null) demandOptions(options);
    const { base, timeoutMs } = session.settings;
    this.timeoutMs = options?.timeout === undefined ? timeoutMs : timeoutOf(options.timeout);
    this.origin = base.origin;
    this.path = typeof path === "string" && path.startsWith("/") ? base.prefix + path : this.#resolved(path);
    this.#site = this.origin;
    this.keepsBody = options?.discardBody !== true;
    demandMethod(method);
    const { scope } = session.owner;
    this.scope = scope;
    const name = options?.name;
    const tags = scope.tagsOf(options?.tags, method, this.origin.text, this.path);
    this.series = name === undefined ? scope.unnamed(method, path, tags) : scope.named(name, tags);
  }

  /** Makes the call. It ends with `resolve` or `reject`, of which one is called once. */
  start(resolve: (reply: Reply) => void, reject: (reason: unknown) => void): void {
    this.#resolve = resolve;
    this.#reject = reject;
    this.startedMs = performance.now();
    this.#dueMs = this.#session.owner.takeDueMs(this.startedMs);
    this.dispatch();
  }

  /** Sends the call, or lets it wait for a free connection. */
  dispatch(): void {
    const session = this.#session;
    if (session.closed) return this.#stopped();
    const connection = session.connectionFor(this.origin);
    if (connection !== null) this.#send(connection);
    else if (!session.enqueue(this)) this.#reject(tooManyCalls());
    else this.#begun = true;
  }

  /** Rejects in a later turn of the event loop, so that a script that swallows the rejection in a loop blocks no other user. */
  #stopped(): void {
    if (this.#begun) this.#interrupted();
    setImmediate(() => this.#reject(new UserStopped()));
  }

  onAnswer(answer: Answer, now: number): void {
    const { head } = answer;
    const session = this.#session;
    this.status = head.status;
    const connection = this.#connection; // a redirect replaces it
    if (head.cookies !== null) session.takeCookies(head.cookies, this.#site, this.path);
    if (head.status === 401 && this.#mayLogIn()) return void this.#logInAndRepeat(answer, now);
    const next = isRedirect(head.status) && this.#redirectsMax > 0 ? this.#redirection(answer) : null;
    if (next === null) this.#finish(answer, now);
    else this.#redirect(next, answer, now);
    session.released(connection);
  }

  onFailure(error: TransportError, repeatable: Repeatable): void {
    if (repeatable !== "nothing" && this.#session.settings.repeatsOnStale) {
      this.#attempts ??= new Attempts();
      if (this.#attempts.mayRepeat(repeatable, this.method)) return this.dispatch();
    }
    this.status = 0;
    if (error.code === "aborted") {
      this.#interrupted();
      return this.#deliver(HttpReply.failure(error), performance.now());
    }
    if (error.code === "local") this.#session.owner.onLocalTrouble(error.message);
    else this.#session.owner.onNoAnswer?.(error);
    this.#finishFailed(this.#redirects > 0 ? { ...error, sent: true } : error, this.bodyBytes);
    this.#session.released(this.#connection);
  }

  get fromMs(): number {
    return this.#redirects === 0 ? this.#dueMs : this.startedMs;
  }

  get user(): number {
    return this.#session.owner.index ?? -1;
  }

  get authority(): string {
    return this.origin.authority;
  }

  /** The number of redirects that were followed; with any, a request of this call was sent before. */
  get #redirects(): number {
    return this.#attempts === null ? 0 : this.#attempts.redirects;
  }

  #send(connection: Carrier): void {
    try {
      this.#write(connection.asks);
    } catch (thrown) {
      // Released in a later turn of the event loop: each of thousands of waiting calls may fail here in its turn.
      setImmediate(() => this.#session.released(connection));
      return this.#reject(thrown);
    }
    this.sentMs = this.startedMs;
    this.firstByteMs = 0;
    this.reads = 0;
    this.opening = null;
    this.#connection = connection;
    this.#begun = true;
    connection.send(this);
  }

  /** Builds the bytes of the request. `proxy` is a proxy that is sent whole URLs, or null. */
  #write(proxy: HttpProxy | null): void {
    const { jar, fixedHeaders } = this.#session;
    this.#host = hostOf(fixedHeaders, this.#options);
    this.closes = closesAfter(fixedHeaders, this.#options);
    this.#site = this.#host === "" ? this.origin : siteOf(this.#host, this.origin.secure);
    this.target = proxy === null ? this.path : `${this.origin.text}${this.path}`;
    const options = proxy === null ? this.#options : forProxy(proxy, this.#options);
    const cookies = jar.line(this.#site, this.path);
    const bytes = buildRequest(this, fixedHeaders, cookies, options);
    this.text = bytes.text;
    this.payload = bytes.payload;
  }

  #finish(answer: Answer, now: number): void {
    const { kept } = this.#session.settings.network;
    let reply: HttpReply;
    try {
      reply = replyOf(answer, judge(answer.head.status, this.#options), this.keepsBody, kept.eachMax);
    } catch (thrown) {
      return this.#finishFailed(codingError(thrown), answer.bodySize);
    }
    const failure = reply.ok ? null : `http-${reply.status}`;
    countEnded(this, failure, now, answer.bodySize);
    if (failure !== null) exemplify(this, failure, () => beginningOf(reply));
    this.#deliver(reply, now);
  }

  #finishFailed(error: TransportError, bytes: number): void {
    const now = performance.now();
    countEnded(this, error.code, now, bytes);
    exemplify(this, error.code, () => error.message);
    this.#deliver(HttpReply.failure(error), now);
  }

  #deliver(reply: HttpReply, now: number): void {
    reply.serviceMs = now - this.sentMs;
    reply.responseMs = now - this.#dueMs;
    this.#resolve(reply);
  }

  #interrupted(): void {
    this.#session.owner.onInterrupted?.();
    countInterrupted(this);
  }

  /** Returns true when a 401 leads to a login. A 401 that the script expects is an answer like any other. */
  #mayLogIn(): boolean {
    const { owner, logins } = this.#session;
    if (this.#options?.expect?.includes(401) === true) return false;
    return this.#attempts?.loggedIn !== true && owner.login !== null && logins.concerns(this.startedMs);
  }

  /** Logs in and repeats the call. The 401 counts as a repeated login and not as a failed request, unless that login fails. */
  async #logInAndRepeat({ bodySize }: Answer, now: number): Promise<void> {
    this.#attempts ??= new Attempts();
    this.#attempts.loggedIn = true;
    const session = this.#session;
    session.released(this.#connection);
    const login = async () => {
      await session.owner.login?.();
      this.scope.custom("logins_repeated", "", false, "counter").record(1);
    };
    try {
      await session.logins.renewed(this.sentMs, login);
    } catch (thrown) {
      if (session.closed) this.#interrupted();
      else countEnded(this, "http-401", now, bodySize);
      return this.#reject(thrown);
    }
    this.startedMs = performance.now();
    this.dispatch();
  }

  /** Returns the URL to follow, or null when the answer itself is the reply. */
  #redirection({ headBytes, headFrom, headTo }: Answer): URL | null {
    const head = headBytes.toString("latin1", headFrom, headTo);
    const found = redirectionOf(head, this.origin, this.path, this.#host);
    if ("url" in found) return found.url;
    this.#session.owner.onRedirectLeft?.(found.to);
    return null;
  }

  get #redirectsMax(): number {
    return this.#options?.redirects ?? this.#session.settings.redirectsMax;
  }

  #redirect(url: URL, answer: Answer, now: number): void {
    if (this.#redirects === this.#redirectsMax) {
      return this.#finishFailed(
        transportError("too-many-redirects", `more than ${this.#redirectsMax} redirects`, true),
        answer.bodySize,
      );
    }
    countEnded(this, null, now, answer.bodySize);
    this.#attempts ??= new Attempts();
    this.#attempts.redirects++;
    this.#follow(url, answer.head.status);
    this.dispatch();
  }

  #follow(url: URL, status: number): void {
    const { base } = this.#session.settings;
    const before = this.origin.text;
    const next = splitUrl(url.href);
    this.origin = next.origin.text === base.origin.text ? base.origin : next.origin;
    this.path = next.path;
    this.startedMs = performance.now();
    if (this.origin.text !== before) this.#options = withoutCredentials(this.#options);
    const method = methodAfter(status, this.method);
    if (method === null) return;
    this.method = method;
    this.#options = withoutContent(this.#options);
  }

  /** Resolves a path without a leading "/" below the base's prefix, or an absolute URL, which may have another origin. */
  #resolved(given: string): string {
    demandPath(given);
    const { base } = this.#session.settings;
    if (!/^https?:\/\//i.test(given)) return `${base.prefix}/${given}`;
    const { origin, path } = splitUrl(given);
    this.origin = origin.text === base.origin.text ? base.origin : origin;
    return path;
  }
}

/** Returns the body of a failed answer as text; "" when it was not kept. */
function beginningOf(reply: HttpReply): string {
  try {
    return reply.text();
  } catch {
    return "";
  }
}
