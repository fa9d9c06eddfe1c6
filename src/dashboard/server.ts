/**
 * The HTTP server: guards every request, finds its operation, checks what was given by the operation's schemas, and sends what
 * its handler answers. It knows no run; the handlers do.
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ApiOperation } from "../api/operation.ts";
import { OPERATIONS } from "../api/operations.ts";
import { etagOf, type FileAnswer, hasTag, sendFile, sendKept, sendProblem, setCommonHeaders } from "./answering.ts";
import { IdempotencyKeys, type KeptAnswer, RateLimit } from "./bounds.ts";
import { type Guarding, refuseStranger, refuseWithoutRight } from "./guard.ts";
import { ProblemError, problemOf } from "./problems.ts";
import { badRequest, type ParsedRequest, readRequest } from "./reading.ts";
import type { Rights } from "./rights.ts";
import { type ApiRoute, Routes } from "./routes.ts";

/** One call of an operation, as its handler gets it. */
export interface ApiCall extends ParsedRequest {
  readonly operation: ApiOperation;
  /** The name of the caller in the timeline: "page 2", "API". */
  readonly by: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The version that If-Match names, without quotes; null where the operation needs none. */
  readonly ifMatch: string | null;
  readonly mayControl: boolean;
}

/** What a handler answers: JSON, a file, or "streaming" if it has taken over the response. */
export type HandlerReply =
  | { readonly json: unknown; readonly headers?: Readonly<Record<string, string>>; readonly etag?: string }
  | { readonly file: FileAnswer }
  | "streaming";
export type ApiHandler = (call: ApiCall) => HandlerReply | Promise<HandlerReply>;
export type Handlers = Readonly<Record<string, ApiHandler>>;

export interface PageBytes {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface ServerOptions {
  readonly guarding: Guarding;
  readonly rights: Rights;
  readonly handlers: Handlers;
  /** The files of the page by their path; absent files answer 404. */
  readonly page: ReadonlyMap<string, PageBytes>;
  readonly nowMs: () => number;
  /** Writes one line of the server's log. It never holds a token, a code, a cookie or a query. */
  readonly log: (line: string) => void;
}

const CONNECTIONS_MAX = 256;
const HEADER_BYTES_MAX = 16 * 1024;
const CONTROLS_PER_SECOND = 10;
const SESSIONS_PER_MINUTE = 5;
const REFUSALS_LOGGED_PER_MINUTE = 10;
const PAGES = /^\/(start|runs|compare|runs\/[A-Za-z0-9_][A-Za-z0-9._-]{0,199})?$/;

/** Makes the server; the caller makes it listen. */
export function createDashboardServer(options: ServerOptions): Server {
  const door = new Door(options);
  const limits = { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: 5_000, requestTimeout: 10_000 };
  const server = createServer(limits, (request, response) => void door.answer(request, response));
  server.maxConnections = CONNECTIONS_MAX;
  server.keepAliveTimeout = 5_000;
  return server;
}

class Door {
  readonly #options: ServerOptions;
  readonly #routes = new Routes(OPERATIONS);
  readonly #keys: IdempotencyKeys;
  readonly #controls: RateLimit;
  readonly #sessions: RateLimit;
  readonly #logged: RateLimit;

  constructor(options: ServerOptions) {
    const { nowMs } = options;
    this.#options = options;
    this.#keys = new IdempotencyKeys(nowMs);
    this.#controls = new RateLimit(CONTROLS_PER_SECOND, 1_000, nowMs);
    this.#sessions = new RateLimit(SESSIONS_PER_MINUTE, 60_000, nowMs);
    this.#logged = new RateLimit(REFUSALS_LOGGED_PER_MINUTE, 60_000, nowMs);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(8).toString("hex");
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    try {
      setCommonHeaders(response, requestId);
      request.on("error", () => undefined);
      response.on("error", () => undefined);
      await this.#admit(request, response, path);
    } catch (thrown) {
      const { problem, bug } = problemOf(thrown, requestId);
      const says = `${printable(request.method ?? "")} ${printable(path)}: ${problem.status} ${problem.code} (${requestId})`;
      if (bug !== null) this.#options.log(`bug: ${says}: ${bug instanceof Error ? bug.stack : String(bug)}`);
      else if (this.#logged.take() === 0) this.#options.log(says);
      sendProblem(request, response, problem, thrown instanceof ProblemError ? thrown.headers : {});
    }
  }

  async #admit(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { method = "", headers } = request;
    const asked = { method, host: headers.host, origin: headers.origin, fetchSite: textOf(headers["sec-fetch-site"]) };
    demand(refuseStranger(asked, this.#options.guarding));
    const found = this.#routes.find(method, path);
    if (found !== null && "operation" in found) return this.#call(request, response, found);
    if (found !== null) throw notAllowed(found.allowed);
    this.#sendPage(request, response, path);
  }

  #sendPage(request: IncomingMessage, response: ServerResponse, path: string): void {
    const file = this.#options.page.get(PAGES.test(path) ? "/page.html" : path);
    if (file === undefined) throw notFound("a page or an operation of the API", "a path that is neither");
    if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(["GET", "HEAD"]);
    sendFile(request, response, { type: file.type, content: Buffer.from(file.body) });
  }

  async #call(request: IncomingMessage, response: ServerResponse, route: ApiRoute): Promise<void> {
    const { operation } = route;
    const { rights, guarding } = this.#options;
    const proved = rights.proved(request.headers.authorization, request.headers.cookie);
    demand(refuseWithoutRight(operation.access, proved, guarding));
    this.#limit(operation);
    const by = byOf(request);
    const ifMatch = ifMatchOf(request, operation);
    const given = await readRequest(request, route, (request.url ?? "").split("?").slice(1).join("?"));
    const call: ApiCall = { ...given, operation, by, request, response, ifMatch, mayControl: proved.mayControl };
    const key = keyOf(request, operation);
    if (key === null) return await this.#perform(call);
    sendKept(response, await this.#once(key, call));
  }

  #limit({ access }: ApiOperation): void {
    const limit = access === "control" ? this.#controls : access === "session" ? this.#sessions : null;
    const waitMs = limit?.take() ?? 0;
    if (waitMs === 0) return;
    const headers = { "retry-after": String(Math.ceil(waitMs / 1000)) };
    throw new ProblemError({ status: 429, code: "too-many-calls", expected: "fewer calls", got: "more" }, headers);
  }

  async #perform(call: ApiCall): Promise<void> {
    const { request, response, operation } = call;
    const answered = await this.#handle(call);
    if (answered === "streaming") return;
    if ("file" in answered) return sendFile(request, response, answered.file);
    const body = Buffer.from(JSON.stringify(answered.json));
    for (const [name, value] of Object.entries(answered.headers ?? {})) response.setHeader(name, value);
    if (operation.hasEtag === true) {
      const etag = answered.etag ?? etagOf(body);
      response.setHeader("etag", etag).setHeader("cache-control", "no-cache");
      if (hasTag(request.headers["if-none-match"], etag)) return void response.writeHead(304).end();
    }
    response.setHeader("content-type", "application/json");
    response.writeHead(operation.success.status, { "content-length": body.length }).end(body);
  }

  async #handle(call: ApiCall): Promise<HandlerReply> {
    const handler = this.#options.handlers[call.operation.id];
    if (handler === undefined) throw notFound("an operation that this server has", call.operation.id);
    return await handler(call);
  }

  /** Performs a call that carries a key, or returns what it was answered before. */
  #once(key: string, call: ApiCall): Promise<KeptAnswer> {
    const digest = createHash("sha256").update(call.bodyText).digest("base64url");
    const what = `${call.operation.id} ${JSON.stringify(call.parameters)} ${digest}`;
    const known = this.#keys.known(key, what);
    if (known === "other") throw keyReused();
    if (known !== null)
      return known.then((kept) => ({ ...kept, headers: { ...kept.headers, "idempotent-replayed": "true" } }));
    const answer = this.#keptAnswer(call);
    this.#keys.keep(key, what, answer);
    return answer;
  }

  async #keptAnswer(call: ApiCall): Promise<KeptAnswer> {
    const answered = await this.#handle(call);
    if (answered === "streaming" || "file" in answered) throw new Error("a POST does not stream");
    const headers = { ...answered.headers, "content-type": "application/json" };
    return { status: call.operation.success.status, headers, body: JSON.stringify(answered.json) };
  }
}

function demand(refusal: ConstructorParameters<typeof ProblemError>[0] | null): void {
  if (refusal !== null) throw new ProblemError(refusal, refusal.status === 401 ? { "www-authenticate": "Bearer" } : {});
}

/** Returns the name by which the caller is recorded; a header that does not fit is refused. */
function byOf({ headers }: IncomingMessage): string {
  const given = textOf(headers["x-gameday-by"]);
  if (given === undefined) return "API";
  if (/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/.test(given)) return given;
  throw badRequest("X-Gameday-By of at most 40 letters, digits, spaces and . _ -", "another one");
}

function ifMatchOf({ headers }: IncomingMessage, { needsIfMatch }: ApiOperation): string | null {
  if (needsIfMatch !== true) return null;
  const given = headers["if-match"];
  const hint = "GET the same path; its ETag is the version";
  if (given === undefined)
    throw new ProblemError({ status: 428, code: "if-match-required", expected: "If-Match", got: "none", hint });
  return given.trim().replace(/^"(.*)"$/, "$1");
}

function keyOf({ headers }: IncomingMessage, { method, access }: ApiOperation): string | null {
  const given = textOf(headers["idempotency-key"]);
  // An answer that holds a right is not kept: whoever has used a code once must not get it again.
  if (given === undefined || method !== "POST" || access === "session") return null;
  if (/^[\x21-\x7e]{1,200}$/.test(given)) return given;
  throw badRequest("an Idempotency-Key of 1 to 200 printable letters", "another one");
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}

/** Returns a text for the log: bounded, and without what could move a terminal's cursor. */
function printable(text: string): string {
  return text.slice(0, 200).replace(/[^\x21-\x7e]/g, "?");
}

export function notFound(expected: string, got: string, code = "not-found"): ProblemError {
  return new ProblemError({ status: 404, code, expected, got });
}

function notAllowed(allowed: readonly string[]): ProblemError {
  const refusal = { status: 405, code: "method-not-allowed", expected: allowed.join(" or "), got: "another method" };
  return new ProblemError(refusal, { allow: allowed.join(", ") });
}

function keyReused(): ProblemError {
  const got = "one that was used for another call";
  return new ProblemError({ status: 422, code: "idempotency-key-reused", expected: "a new Idempotency-Key", got });
}
