/** One call of a script: the exchange, the ones that redirects or a repeated login add, and the reply. */
import { isUtf8 } from "node:buffer";
import type { Reply, RequestOptions, TransportError } from "../../scenario.ts";
import { GamedayError } from "../../std/errors.ts";
import type { RequestSeries } from "../count/metrics.ts";
import type { Scope } from "../count/scope.ts";
import { UserStopped } from "../user/stopped.ts";
import { type Answer, decoded, ownBytes } from "./answer.ts";
import { demandOptions, demandPath, judge, timeoutOf, tooManyCalls, withoutBody } from "./call-options.ts";
import type { Carrier, Exchange } from "./connection.ts";
import { codingError, transportError } from "./failure.ts";
import type { Opening } from "./opener.ts";
import { type Origin, splitUrl } from "./origin.ts";
import { HttpReply, ReplyHeaders } from "./reply.ts";
import { buildRequest } from "./request.ts";
import type { Session } from "./session.ts";

const METHOD = /^[A-Z][A-Z0-9_-]{0,31}$/;

export class Call implements Exchange {
  text = "";
  payload: Uint8Array | null = null;
  method: string;
  timeoutMs: number;
  startedMs = 0;
  sentMs = 0;
  firstByteMs = 0;
  reads = 0;
  bodyBytes = 0;
  opening: Opening | null = null;
  readonly #session: Session;
  readonly #options: RequestOptions | undefined;
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (reason: unknown) => void;
  /** Where it was made: its answer comes to nobody's code. */
  readonly #scope: Scope;
  readonly #series: RequestSeries;
  #connection: Carrier | null = null;
  #path: string;
  #origin: Origin;
  #withBody = true;
  #dueMs = 0;
  #redirects = 0;
  #status = 0;
  #sentBefore = false;
  #repeated = false;
  #loggedIn = false;
  /** It waits, or was sent: the end of its user cuts it off. One that was never begun is not counted at all. */
  #begun = false;

  constructor(
    session: Session,
    method: string,
    path: string,
    options: RequestOptions | undefined,
    resolve: (reply: Reply) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#session = session;
    this.method = method;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    if (options !== undefined && options !== null) demandOptions(options);
    const { base, timeoutMs } = session.settings;
    this.timeoutMs = options?.timeout === undefined ? timeoutMs : timeoutOf(options.timeout);
    this.#origin = base.origin;
    this.#path = typeof path === "string" && path.startsWith("/") ? base.prefix + path : this.#resolved(path);
    if (!METHOD.test(method)) throw wrongMethod(method);
    const { scope } = session.owner;
    this.#scope = scope;
    const name = options?.name;
    const tags = scope.tagsOf(options?.tags, method, () => this.#origin.text + this.#path);
    this.#series = name === undefined ? scope.unnamed(method, path, tags) : scope.named(name, tags);
  }

  start(): void {
    this.startedMs = performance.now();
    this.#dueMs = this.#session.owner.takeDueMs(this.startedMs);
    this.dispatch();
  }

  /** Sends it, or lets it wait for a free connection. */
  dispatch(): void {
    const session = this.#session;
    if (session.closed) return this.#stopped();
    const connection = session.connectionFor(this.#origin);
    if (connection !== null) this.#send(connection);
    else if (!session.enqueue(this)) this.#reject(tooManyCalls());
    else this.#begun = true;
  }

  /** In a later turn, so that a script that swallows the rejection in a loop does not block everybody. */
  #stopped(): void {
    if (this.#begun) this.#interrupted();
    setImmediate(() => this.#reject(new UserStopped()));
  }

  onAnswer(answer: Answer, now: number): void {
    const { head } = answer;
    const session = this.#session;
    this.#status = head.status;
    const connection = this.#connection; // a redirect takes another
    if (head.cookies !== null) session.jar.take(head.cookies, this.#origin, this.#path);
    if (head.status === 401 && this.#mayLogIn()) return void this.#logInAndRepeat(answer, now);
    const next = head.status > 300 && head.status < 400 ? this.#redirection(answer) : null;
    if (next === null) this.#finish(answer, now);
    else this.#redirect(next, answer, now);
    session.released(connection);
  }

  onFailure(error: TransportError, untouched: boolean): void {
    const safe = this.method === "GET" || this.method === "HEAD";
    if (untouched && safe && !this.#repeated && this.#session.settings.repeatsOnStale) {
      this.#repeated = true;
      return this.dispatch();
    }
    this.#status = 0;
    if (error.code === "aborted") {
      this.#interrupted();
      return this.#deliver(HttpReply.failure(error), performance.now());
    }
    if (error.code === "local") this.#session.owner.onLocalTrouble(error.message);
    else this.#session.owner.onNoAnswer?.(error);
    this.#finishFailed(this.#sentBefore ? { ...error, sent: true } : error, this.bodyBytes);
    this.#session.released(this.#connection);
  }

  #send(connection: Carrier): void {
    const { jar, fixedHeaders } = this.#session;
    try {
      const options = this.#withBody ? this.#options : withoutBody(this.#options);
      const cookie = jar.line(this.#origin, this.#path);
      const bytes = buildRequest(this.method, this.#path, this.#origin.authority, fixedHeaders, cookie, options);
      this.text = bytes.text;
      this.payload = bytes.payload;
    } catch (thrown) {
      // In a later turn: of thousands that wait, each may be refused in its turn.
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

  #finish(answer: Answer, now: number): void {
    const { status, encoded } = answer.head;
    const judged = judge(status, this.#options);
    const ok = judged?.expected ?? (status >= 200 && status < 400);
    let bytes = ownBytes(answer);
    const headLength = answer.headTo - answer.headFrom;
    if (encoded) {
      try {
        bytes = decoded(bytes, headLength, this.#session.settings.network.bodyBytesMax);
      } catch (thrown) {
        return this.#finishFailed(codingError(thrown), answer.bodyTo - answer.bodyFrom);
      }
    }
    this.#count(ok ? null : `http-${status}`, now, answer.bodyTo - answer.bodyFrom);
    this.#deliver(new HttpReply(status, ok, judged, null, bytes, headLength), now);
  }

  #finishFailed(error: TransportError, bytes: number): void {
    const now = performance.now();
    this.#count(error.code, now, bytes);
    this.#deliver(HttpReply.failure(error), now);
  }

  #deliver(reply: HttpReply, now: number): void {
    reply.serviceMs = now - this.sentMs;
    reply.responseMs = now - this.#dueMs;
    this.#resolve(reply);
  }

  /** The engine itself ended the call, so nobody knows how it would have gone on; what is known is how long it had waited. */
  #interrupted(): void {
    this.#session.owner.onInterrupted?.();
    this.#series.interrupted.record(performance.now() - (this.#redirects === 0 ? this.#dueMs : this.startedMs));
  }

  /** The time counted runs from when the call was due, opening a connection included: it is what the user waited. */
  #count(failure: string | null, now: number, bytes: number): void {
    const counted = this.#scope.byStatus ? this.#series.withStatus(this.#status) : this.#series;
    const series = failure === null ? counted.passed : counted.failure(failure);
    series.record(now - (this.#redirects === 0 ? this.#dueMs : this.startedMs));
    if (failure !== null) series.failed++;
    counted.service?.record(now - this.sentMs);
    const { phases } = this.#scope;
    if (this.opening !== null) phases.opened(this.opening.connectMs, this.#origin.secure ? this.opening.tlsMs : -1);
    const receivingMs = this.reads > 1 ? now - this.firstByteMs : 0;
    if (this.firstByteMs > 0) phases.answered(this.firstByteMs - this.sentMs, receivingMs, bytes);
  }

  #mayLogIn(): boolean {
    const { owner, logins } = this.#session;
    return !this.#loggedIn && owner.login !== null && logins.concerns(this.startedMs);
  }

  /** The 401 itself is counted as a login that had to be repeated, not as a failed request, unless that login fails. */
  async #logInAndRepeat({ bodyFrom, bodyTo }: Answer, now: number): Promise<void> {
    this.#loggedIn = true;
    const session = this.#session;
    session.released(this.#connection);
    const login = async () => {
      await session.owner.login?.();
      this.#scope.custom("logins_repeated", "", false, "counter").record(1);
    };
    try {
      await session.logins.renewed(this.sentMs, login);
    } catch (thrown) {
      if (session.closed) this.#interrupted();
      else this.#count("http-401", now, bodyTo - bodyFrom);
      return this.#reject(thrown);
    }
    this.startedMs = performance.now();
    this.dispatch();
  }

  /** Where to go on; null when the answer is the reply. */
  #redirection(answer: Answer): URL | null {
    const { status } = answer.head;
    if (status === 304 || (status > 303 && status < 307) || status > 308 || this.#redirectsMax === 0) return null;
    const headers = new ReplyHeaders(answer.headBytes.toString("latin1", answer.headFrom, answer.headTo));
    const [location = "", ...others] = new Set(headers.all("location"));
    // An empty place would be this very one; of two, neither is more right than the other.
    const sound = location !== "" && others.length === 0;
    const url = sound ? placeOf(location, `${this.#origin.text}${this.#path}`) : null;
    // Load must not wander off to hosts that nobody named: such an answer is the reply.
    if (url !== null && url.hostname.replace(/^\[|\]$/g, "") === this.#origin.host) return url;
    this.#session.owner.onRedirectLeft?.([location, ...others].join(", ") || null);
    return null;
  }

  get #redirectsMax(): number {
    return this.#options?.redirects ?? this.#session.settings.redirectsMax;
  }

  #redirect(url: URL, answer: Answer, now: number): void {
    if (this.#redirects === this.#redirectsMax) {
      return this.#finishFailed(
        transportError("too-many-redirects", `more than ${this.#redirectsMax} redirects`, true),
        answer.bodyTo - answer.bodyFrom,
      );
    }
    this.#count(null, now, answer.bodyTo - answer.bodyFrom);
    this.#redirects++;
    this.#follow(url, answer.head.status);
    this.dispatch();
  }

  #follow(url: URL, status: number): void {
    const { base } = this.#session.settings;
    const next = splitUrl(url.href);
    this.#origin = next.origin.text === base.origin.text ? base.origin : next.origin;
    this.#path = next.path;
    this.#sentBefore = true;
    this.startedMs = performance.now();
    const toGet = status === 303 ? this.method !== "HEAD" : status < 303 && this.method === "POST";
    if (!toGet) return;
    this.method = "GET";
    this.#withBody = false;
  }

  /** What does not begin with "/": a path below the base's, or an absolute URL, which may be another origin's. */
  #resolved(given: string): string {
    demandPath(given);
    const { base } = this.#session.settings;
    if (!/^https?:\/\//i.test(given)) return `${base.prefix}/${given}`;
    const { origin, path } = splitUrl(given);
    this.#origin = origin.text === base.origin.text ? base.origin : origin;
    return path;
  }
}

/** Null when it is no place for HTTP. Servers write names beyond ASCII as UTF-8, which headers read as latin1. */
function placeOf(location: string, here: string): URL | null {
  const bytes = Buffer.from(location, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : location;
  if (!URL.canParse(text, here)) return null;
  const url = new URL(text, here);
  url.username = "";
  url.password = "";
  return /^https?:$/.test(url.protocol) ? url : null;
}

function wrongMethod(method: string): GamedayError {
  return new GamedayError({ code: "bad-method", expected: "an HTTP method in capitals", got: JSON.stringify(method) });
}
