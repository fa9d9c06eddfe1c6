/** The fake's shop over HTTP on loopback: orders, sessions, counters, prices, catalogue, and the audit of all of them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { isRecord, type Json } from "../../std/json.ts";
import { type FakeAnswer, type FakeCall, SESSIONS } from "./call.ts";
import type { FakeConnection } from "./fleet.ts";
import type { Metronome } from "./metronome.ts";
import type { Site } from "./site.ts";

const BODY_BYTES_MAX = 64 * 1024;
const NOT_FOUND: FakeAnswer = { status: 404, body: { error: "the fake has no such page" } };

type Wish = Omit<FakeCall, "connection" | "inside">;

export class ShopServer {
  readonly #site: Site;
  readonly #metronome: Metronome;
  readonly #server: Server;
  /** Each socket is a client's connection to the fake's proxy. */
  readonly #connections = new WeakMap<Socket, FakeConnection>();

  constructor(site: Site, metronome: Metronome) {
    this.#site = site;
    this.#metronome = metronome;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => response.destroy(thrown as Error));
    });
  }

  /** Listens on a free port of the loopback interface; returns the base URL. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  /** Stops listening and closes every connection. */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const body = await bodyOf(request);
    if (url.pathname.startsWith("/audit/")) {
      answer(
        response,
        this.#metronome.now(() => this.#audit(url, request.method ?? "GET")),
      );
      return;
    }
    const wish = wishOf(request.method ?? "GET", url.pathname, body);
    if (wish === null) {
      answer(response, NOT_FOUND);
      return;
    }
    const call: FakeCall = { ...wish, connection: this.#connectionOf(request.socket), inside: null };
    this.#metronome.now(() => this.#site.submit(call, (given) => answer(response, given)));
  }

  #connectionOf(socket: Socket): FakeConnection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const connection: FakeConnection = { kept: true, replica: null };
    this.#connections.set(socket, connection);
    return connection;
  }

  /** Serves GET /audit/OBJECT?run=R and POST /audit/clean-up?run=R, with the data of the current leader. */
  #audit(url: URL, method: string): FakeAnswer {
    const run = url.searchParams.get("run") ?? "";
    const object = url.pathname.slice("/audit/".length);
    if (object === "clean-up") {
      if (method !== "POST") return { status: 405, body: { error: "expected POST" } };
      this.#site.forget(`${run}/`);
      return { status: 200, body: { remaining: 0 } };
    }
    return this.#ledger(object, run);
  }

  #ledger(object: string, run: string): FakeAnswer {
    const { firstReadLagMs, ledgerComplete } = this.#site.behaviour.report;
    const found = this.#site
      .found(object, firstReadLagMs)
      .filter(({ id }) => id.startsWith(`${run}/`) || !id.includes("/"));
    const items: Json[] = found.map(({ id, count, value }) => ({ id, count, value: value ?? null }));
    const source = `fake ${this.#site.database.leader.id}`;
    return { status: 200, body: { items, complete: ledgerComplete, next: null, source } };
  }
}

function wishOf(method: string, path: string, body: Json): Wish | null {
  const fields = isRecord(body) ? body : {};
  const id = String(fields["id"] ?? "");
  const [, object = "", key = ""] = path.split("/");
  const value = fields["value"] ?? null;
  if (method === "GET" && object === "catalogue") return { kind: "browse", object, id, key: "", value };
  if (method === "GET" && object === "prices") return { kind: "read", object, id, key, value };
  if (method === "PUT" && object === "prices") return { kind: "write", object, id, key, value };
  if (method !== "POST" || id === "") return null;
  if (object === "sold") return { kind: "increment", object, id, key: "sold", value: Number(fields["by"] ?? 1) };
  return object === "orders" || object === SESSIONS ? { kind: "add", object, id, key: "", value } : null;
}

function answer(response: ServerResponse, { status, body }: FakeAnswer): void {
  const text = JSON.stringify(body ?? { error: "no answer from behind the proxy" });
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** Returns the body as JSON; null when there is no body, or it is not JSON. */
async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  if (bytes === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Json;
  } catch {
    return null; // a body that is not JSON requests nothing that the fake has
  }
}
