/**
 * A fake API server, for tests of the trouble that a real one makes only on bad days: it forgets history (410), is busy (429), revokes
 * tokens (401), goes away and comes back, falls silent, and loses the connection of an exec. It speaks HTTP and WebSocket on loopback, so
 * the client under test is the real one. It knows no RBAC, no admission and no controllers: nothing happens in it by itself.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { KubernetesObject } from "../../src/kubernetes.ts";
import { isIn, Refused, Store, type StoredEvent } from "./store.ts";

/** What a command in a container does: it ends, its connection is lost before its exit code came, or nothing is ever heard of it. */
export type ExecPlay = { readonly code: number; readonly stdout?: string } | "lost" | "silent";

/** An answer that takes the place of the server's own; "silent" for none at all. */
export type Trouble =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string }
  | "silent";

interface OpenWatch {
  readonly collection: string;
  readonly response: ServerResponse;
}

export class FakeApiServer implements AsyncDisposable {
  readonly store = new Store();
  /** All requests: "GET /api/v1/namespaces/shop/pods?watch=true". */
  readonly asked: string[] = [];
  /** The tokens that it takes. */
  readonly tokens = new Set(["token-1"]);
  /** Called for each request with its line; returns the trouble that it meets, or null. */
  trouble: (line: string) => Trouble | null = () => null;
  /** Called for each exec. */
  onExec: (argv: readonly string[]) => ExecPlay = () => ({ code: 0 });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<OpenWatch>();
  readonly #webSockets = new WebSocketServer({ noServer: true, handleProtocols: (given) => [...given][0] ?? false });
  #port = 0;
  #muted = false;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.store.onEvent = (event) => this.#tell(event);
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await fake.back();
    return fake;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Returns a kubeconfig whose only user is `user`: `{ token }`, `{ tokenFile }` or `{ exec }`. */
  kubeconfig(user: object): object {
    // The client uses plain HTTP, as this server does, only for a cluster that may skip TLS.
    const cluster = { "insecure-skip-tls-verify": true, server: this.address };
    return {
      "current-context": "fake",
      clusters: [{ name: "fake", cluster }],
      users: [{ name: "user", user }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "user", namespace: "shop" } }],
    };
  }

  /** Forgets all history, as etcd's compaction does. */
  compact(): void {
    this.store.compactedTo = this.store.version;
  }

  /** Ends all watches: "politely" as at the end of their time, or "broken" as when a proxy in between dies. */
  endWatches(how: "politely" | "broken"): void {
    for (const { response } of this.#watches) {
      if (how === "politely") response.end();
      else response.socket?.resetAndDestroy();
    }
    this.#watches.clear();
  }

  /** Nothing is sent any more, and no connection is closed: as behind a network that swallows packets. */
  mute(isMuted: boolean): void {
    this.#muted = isMuted;
  }

  /** Refuses connections until `back`. */
  async away(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#watches.clear();
    await closed;
  }

  /** Listens, at the same address as before. */
  async back(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate();
    if (this.#server.listening) await this.away();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request) text += String(part);
    const { method = "GET", url = "/" } = request;
    this.asked.push(`${method} ${url}`);
    if (this.#muted) return;
    const trouble = this.#isLoggedIn(request) ? this.trouble(`${method} ${url}`) : UNAUTHORIZED;
    if (trouble === "silent") return;
    if (trouble !== null) return refuse(response, trouble);
    try {
      const { pathname, searchParams } = new URL(url, this.address);
      if (searchParams.has("watch")) this.#watch(pathname, Number(searchParams.get("resourceVersion")), response);
      else send(response, this.#serve(method, pathname, text === "" ? {} : JSON.parse(text)));
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      refuse(response, { status: thrown.status, message: thrown.message });
    }
  }

  #isLoggedIn({ headers }: IncomingMessage): boolean {
    return this.tokens.has(headers.authorization?.replace("Bearer ", "") ?? "");
  }

  #serve(method: string, path: string, body: { metadata?: { resourceVersion?: string }; preconditions?: object }) {
    const { store } = this;
    if (method === "POST") {
      if (path.endsWith("/selfsubjectaccessreviews")) return { status: { allowed: true } };
      if (path.endsWith("/eviction")) return store.remove(path.slice(0, -"/eviction".length));
      return store.create(body as KubernetesObject);
    }
    const { resourceVersion } = (body.preconditions ?? {}) as { resourceVersion?: string };
    if (method === "DELETE") return store.remove(path, resourceVersion);
    if (method === "PATCH") return store.patch(path.replace(/\/(ephemeralcontainers|status)$/, ""), body);
    if (method === "PUT") return store.replace(body as KubernetesObject);
    const found = store.objects.get(path);
    if (found !== undefined) return found;
    if (NAMED.test(path)) throw new Refused(404, `${path} not found`);
    return { metadata: { resourceVersion: String(store.version) }, items: store.list(path) };
  }

  #watch(collection: string, since: number, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    if (since < this.store.compactedTo) {
      const object = { kind: "Status", code: 410, message: `too old resource version: ${since}` };
      response.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
      return;
    }
    const watch = { collection, response };
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
    for (const event of this.store.history) if (event.version > since) tell(watch, event);
  }

  #tell(event: StoredEvent): void {
    if (!this.#muted) for (const watch of this.#watches) tell(watch, event);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url = "/" } = request;
    this.asked.push(`UPGRADE ${url}`);
    if (this.#muted) return;
    const trouble = this.#isLoggedIn(request) ? this.trouble(`UPGRADE ${url}`) : UNAUTHORIZED;
    if (trouble === "silent") return;
    if (trouble !== null) {
      const text = JSON.stringify({ message: trouble.message });
      socket.end(
        `HTTP/1.1 ${trouble.status} Refused\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
      );
      return;
    }
    const play = this.onExec(new URL(url, this.address).searchParams.getAll("command"));
    this.#webSockets.handleUpgrade(request, socket, head, (client) => {
      if (play === "silent") return;
      if (play === "lost") return client.terminate();
      client.send(Buffer.concat([Buffer.from([1]), Buffer.from(play.stdout ?? "")]));
      client.send(Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify(statusOf(play.code)))]));
    });
  }
}

const UNAUTHORIZED = { status: 401, message: "Unauthorized" } as const;
/** Paths of single objects, as opposed to collections. */
const NAMED = /\/v\d\w*(\/namespaces\/[^/]+)?\/[^/]+\/[^/]+$/;

function statusOf(code: number): object {
  if (code === 0) return { status: "Success" };
  return { status: "Failure", details: { causes: [{ reason: "ExitCode", message: String(code) }] } };
}

function tell({ collection, response }: OpenWatch, { type, path, object }: StoredEvent): void {
  if (isIn(collection, path)) response.write(`${JSON.stringify({ type, object })}\n`);
}

function send(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refuse(
  response: ServerResponse,
  { status, headers = {}, message = "refused" }: Exclude<Trouble, "silent">,
): void {
  const body = { kind: "Status", status: "Failure", code: status, message };
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
