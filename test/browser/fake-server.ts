/**
 * A fake of the dashboard's server for tests of the page alone: it serves the real page and a made game day (made-day.fixture.ts), whose
 * clock the test sets, and it records what the page asks for. What the real server does with it is tested with the real server.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameName, LiveState } from "../../src/api/live.ts";
import { loadPage } from "../../src/page.ts";
import { type DayOptions, madeState, secondAt } from "../../src/view/made-day.fixture.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

/** The same policy as the real server's. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

export class FakeServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #watchers = new Set<ServerResponse>();
  readonly #answers = new Map<string, { status: number; value: unknown }>();
  day: DayOptions;
  change: (state: LiveState) => LiveState = (state) => state;

  private constructor(server: Server, day: DayOptions) {
    this.#server = server;
    this.day = day;
  }

  static async start(day: DayOptions, port = 0): Promise<FakeServer> {
    const files = await loadPage();
    const server = createServer();
    const fake = new FakeServer(server, day);
    server.on("request", (request, response) => void fake.#serve(request, response, files));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get state(): LiveState {
    return this.change(madeState(this.day));
  }

  /** Answers an operation with this value from now on: "GET /runs". */
  answer(operation: string, value: unknown, status = 200): void {
    this.#answers.set(operation, { status, value });
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Ends all connections, as a machine that sleeps does. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  /** Resolves when a page has opened the stream again. */
  async untilWatched(): Promise<void> {
    this.#watchers.clear();
    while (this.#watchers.size === 0) await once(this.#server, "request");
  }

  send(event: FrameName, data: unknown): void {
    for (const watcher of this.#watchers) watcher.write(frame(event, data));
  }

  /** Lets a second of the run pass, as the real server would send it. */
  pass(): void {
    const atS = this.day.atS + 1;
    this.day = { ...this.day, atS };
    const { nowMs, lanes, experiments, sentence, phases, leaders, replicas, controls } = this.state;
    this.send("second", { nowMs, atS: atS - 1, values: secondAt(atS - 1) });
    for (const lane of lanes) {
      const changed = lane.outages.filter(({ toMs }) => toMs === null || toMs >= nowMs - 1000);
      for (const outage of changed) this.send("outage", { nowMs, lane: lane.id, outage });
    }
    this.send("lanes", { nowMs, lanes: lanes.map(({ outages: _, outagesLeftOut: __, ...lane }) => lane) });
    this.send("state", { nowMs, experiments, sentence, phases, leaders, replicas, controls });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    files: Awaited<ReturnType<typeof loadPage>>,
  ): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (!pathname.startsWith("/api/")) {
      const file = files.get(pathname) ?? files.get("/page.html");
      response.writeHead(200, { "content-type": file?.type, "content-security-policy": POLICY }).end(file?.body);
      return;
    }
    const path = pathname.slice("/api/v1".length);
    const body = await bodyOf(request);
    const method = request.method ?? "GET";
    if (method !== "GET") this.asked.push({ method, path, body, headers: request.headers });
    if (path.endsWith("/stream")) return this.#stream(response);
    const { status, value } = this.#answers.get(`${method} ${path}`) ?? this.#usual(method, path);
    response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
    response.end(JSON.stringify(value));
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`retry: 300\n\n${frame("snapshot", this.state)}`);
    this.#watchers.add(response);
    response.on("close", () => this.#watchers.delete(response));
  }

  #usual(method: string, path: string): { status: number; value: unknown } {
    const { run } = this.state;
    const usual: Record<string, unknown> = {
      "GET /health": { ok: true, version: "0", readOnly: false, epoch: "fake", running: 1, switchOn: false },
      "GET /switch": { on: false, since: null, by: null, because: null, stopped: [] },
      "GET /runs": { runs: [run], next: null },
      "GET /plans": { folder: "/plans", plans: [] },
      "GET /scripts": { folder: "/scripts", scripts: [] },
      "GET /residue": { found: [], running: [] },
      "POST /session": { token: "a-token-of-this-test", name: "page 1" },
      [`GET /runs/${run.id}/state`]: this.state,
    };
    const value = usual[`${method} ${path}`];
    if (value !== undefined) return { status: 200, value };
    if (method !== "GET") return { status: 202, value: { asked: path, run: run.id, by: "page 1" } };
    return {
      status: 404,
      value: { type: "about:blank", title: "Not found", status: 404, code: "not-found", requestId: "1" },
    };
  }
}

function frame(event: FrameName, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? null : JSON.parse(text);
}
