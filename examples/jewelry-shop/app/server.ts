/** The HTTP server: one JSON request, one JSON answer, a bounded body, and a drain that loses no answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { HttpError, messageOf } from "./errors.ts";
import { type Answer, parseCookies, type Request, type Route } from "./http.ts";
import { router } from "./router.ts";

const BODY_BYTES_MAX = 64 << 10;

export interface RunningServer {
  readonly port: number;
  /**
   * Reports "not ready" through `onDrain` and continues to answer for `lingerMs`, so that the proxy can notice. Then stops
   * accepting new connections and waits at most `graceMs` for the answers under way.
   */
  drain(lingerMs: number, graceMs: number): Promise<void>;
}

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly port: number;
  readonly host?: string;
  /** Called for each failure that is not a plain answer: a bug, or a store that is unavailable. */
  readonly onError: (error: unknown, request: string) => void;
}

export async function serve(options: ServerOptions): Promise<RunningServer> {
  const find = router(options.routes);
  const state = { draining: false };
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 10_000 }, (incoming, outgoing) => {
    void answerOne(incoming, outgoing, find, options.onError, state);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    drain: async (lingerMs, graceMs) => {
      state.draining = true;
      await delay(lingerMs);
      await closeGently(server, graceMs);
    },
  };
}

async function answerOne(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  find: ReturnType<typeof router>,
  onError: ServerOptions["onError"],
  state: { readonly draining: boolean },
): Promise<void> {
  let answer: Answer;
  try {
    answer = await handle(incoming, find);
  } catch (thrown) {
    answer = failure(thrown, `${incoming.method} ${incoming.url}`, onError);
  }
  write(outgoing, answer, state.draining);
}

async function handle(incoming: IncomingMessage, find: ReturnType<typeof router>): Promise<Answer> {
  const method = incoming.method ?? "GET";
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const body = await readBody(incoming);
  const { route, parameters } = find(method, path);
  const request: Request = {
    method,
    path,
    parameters,
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    cookies: parseCookies(incoming.headers.cookie),
    body,
  };
  return route.handle(request);
}

/** Reads the whole body before anything is decided, so that a keep-alive connection stays usable after an error. */
async function readBody(incoming: IncomingMessage): Promise<unknown> {
  if (incoming.method === "GET" || incoming.method === "HEAD") return null;
  const text = await readText(incoming);
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpError(400, "bad-json", `the body is not JSON: ${messageOf(cause)}`, cause);
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
    }
  } catch (cause) {
    throw new HttpError(400, "aborted", "the client went away before the end of its body", cause);
  }
  if (size > BODY_BYTES_MAX) throw new HttpError(413, "body-too-large", `the body exceeds ${BODY_BYTES_MAX} bytes`);
  return Buffer.concat(chunks).toString("utf8");
}

/** In seconds. A failover takes longer, but what troubles a single request is often over by then. */
const ASK_AGAIN = { headers: { "retry-after": "1" } };

function failure(thrown: unknown, request: string, onError: ServerOptions["onError"]): Answer {
  if (!(thrown instanceof HttpError)) {
    onError(thrown, request);
    return { status: 500, body: { error: "bug", message: "the shop failed; see its log" } };
  }
  if (thrown.status >= 500) onError(thrown, request);
  return { status: thrown.status, body: thrown.body(), ...(thrown.status === 503 ? ASK_AGAIN : {}) };
}

function write(outgoing: ServerResponse, answer: Answer, draining: boolean): void {
  const body = JSON.stringify(answer.body);
  outgoing.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(draining ? { connection: "close" } : {}),
    ...answer.headers,
  });
  outgoing.end(body);
}

async function closeGently(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const patience = new AbortController();
  await Promise.race([closed, delay(graceMs, undefined, { signal: patience.signal, ref: false })]);
  patience.abort();
  server.closeAllConnections();
  await closed;
}
