/** The coordinator's gateway for workers on other machines: a WebSocket server that requires a token, with a link for each slot. */

import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { type Hello, type RunningState, WIRE_VERSION } from "./envelope.ts";
import { parsed } from "./heard.ts";
import type { Link, LinkListener } from "./link.ts";
import { RemoteLink, reply } from "./remote-link.ts";
import { answerRows } from "./rows-door.ts";

const MESSAGE_BYTES_MAX = 16 << 20;
/** Messages that are not acknowledged are sent again, so this only bounds what workers keep. */
const ACKNOWLEDGE_MS = 500;
/** How long a coordinator that was started again waits for workers that are still running the load. */
const ADOPT_MS = 3_000;
/** How long a client may take for a complete request before it is disconnected. */
const STRANGER_MS = 5_000;
const CLOSE_MS = 1_500;

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly workers: number;
  /** The result of digestOfLoad(): only workers that are running this load are taken over. */
  readonly load: string;
  readonly signal: AbortSignal;
  /** Makes durable what was received so far; workers may discard it afterwards. */
  readonly onCheckpoint: () => void;
  readonly onNote: (says: string) => void;
}

export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #id = randomUUID();
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #links: RemoteLink[];
  readonly #timer: NodeJS.Timeout;
  #opened = 0;

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#links = Array.from({ length: options.workers }, (_, slot) => new RemoteLink(slot));
    const patience = { headersTimeout: STRANGER_MS, requestTimeout: STRANGER_MS, connectionsCheckingInterval: 1_000 };
    const linkOf = (id: string) => this.#links.find((link) => link.id === id && !link.givenUp);
    this.#server = createServer(patience, (request, response) =>
      answerRows(request, response, (authorization) => this.#allowed(authorization), linkOf),
    );
    this.#sockets = new WebSocketServer({
      server: this.#server,
      maxPayload: MESSAGE_BYTES_MAX,
      verifyClient: ({ req }: { req: IncomingMessage }) => this.#allowed(req.headers.authorization),
    });
    this.#sockets.on("error", () => undefined); // an error of the server, which listen() reports
    this.#sockets.on("connection", (socket) => this.#welcome(socket));
    this.#timer = setInterval(() => this.#acknowledge(), ACKNOWLEDGE_MS);
  }

  static async listen(options: GatewayOptions): Promise<Gateway> {
    if (options.token.length < 8) {
      throw new GamedayError({
        code: "weak-token",
        expected: "a token of at least 8 characters",
        got: `${options.token.length}`,
      });
    }
    const gateway = new Gateway(options);
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once("error", (cause) => {
        clearInterval(gateway.#timer);
        reject(notListening(options, cause));
      });
      gateway.#server.listen(options.port, options.host, resolve);
    });
    return gateway;
  }

  /**
   * Waits until all slots are taken, or until ADOPT_MS after the first worker that is already running a load. Resolves with the
   * states of such workers; null when there are none.
   */
  async gather(deadlineMs: number): Promise<readonly RunningState[] | null> {
    const { signal, workers } = this.#options;
    const joined = () => this.#links.filter((link) => link.id !== null).length;
    const running = () => this.#links.map((link) => link.running).filter((state) => state !== null);
    const firstMs = { atMs: Number.POSITIVE_INFINITY };
    await until(
      () => {
        if (running().length > 0) firstMs.atMs = Math.min(firstMs.atMs, performance.now());
        return joined() === workers || performance.now() - firstMs.atMs > ADOPT_MS;
      },
      { what: `${workers} workers to join`, deadlineMs, signal, seen: () => `${joined()} of them` },
    );
    return running().length === 0 ? null : running();
  }

  /** Number of workers that were already running a load when they joined. */
  get atWork(): number {
    return this.#links.filter((link) => link.running !== null).length;
  }

  /** Returns the link of the next slot. */
  readonly open = (listener: LinkListener): Link => {
    const link = this.#links[this.#opened++];
    if (link === undefined) throw new RangeError(`expected at most ${this.#links.length} links, got one more`);
    link.listen(listener);
    return link;
  };

  #allowed(authorization: string | undefined): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${this.#options.token}`));
  }

  #welcome(socket: WebSocket): void {
    socket.on("error", () => undefined); // reported when the socket closes
    let link: RemoteLink | null = null;
    socket.on("message", (data) => {
      const said = parsed(String(data));
      if (said === undefined) return socket.terminate(); // the worker will reconnect, or be given up
      link?.alive();
      if (said.wire === "clock") this.#tellClock(socket, said.sentNs);
      else if (said.wire === "hello") link = this.#place(socket, said);
      else if (said.wire === "message") link?.hear(said.number, said.message);
      else if (said.wire === "bye") link?.left(said.because);
    });
  }

  #tellClock(socket: WebSocket, sentNs: string): void {
    reply(socket, { wire: "clock", sentNs, atNs: process.hrtime.bigint().toString(), gateway: this.#id });
  }

  #place(socket: WebSocket, hello: Hello): RemoteLink | null {
    const place = this.#placeOf(hello);
    if (typeof place === "string") {
      reply(socket, { wire: "refused", because: place });
      socket.close();
      return null;
    }
    const how = place.givenUp ? "is back too late" : hello.running === null ? "joined" : "is back";
    this.#options.onNote(`worker ${hello.name} ${how} (slot ${place.slot})`);
    place.attach(socket, hello);
    return place;
  }

  /**
   * Returns the link for a worker: its own slot when it was here before, or else a free slot, preferably the one that it
   * requested. Returns the reason as text when it gets none.
   */
  #placeOf(hello: Hello): RemoteLink | string {
    const { version, running, index, id } = hello;
    if (version !== WIRE_VERSION)
      return `version ${WIRE_VERSION} is spoken here, not ${version}: the same gameday is needed on all machines`;
    const own = this.#links.find((link) => link.id === id);
    if (own !== undefined) return own;
    if (running !== null) return this.#placeOfRunning(running);
    const free = this.#links.filter((link) => link.id === null && !link.taken);
    return free.find(({ slot }) => slot === index) ?? free[0] ?? "there is no free place";
  }

  /** Returns the slot of a worker that lost its coordinator, when this is that coordinator, started again. */
  #placeOfRunning({ load, runId, slot }: RunningState): RemoteLink | string {
    const others = "the load here is not the one that this worker is in the middle of";
    const link = this.#links[slot];
    if (load !== this.#options.load || link === undefined) return others;
    const adopted = this.#links.find(({ running }) => running !== null)?.running?.runId;
    if (adopted === undefined ? link.taken : adopted !== runId) return others;
    if (link.id === null) return link;
    if (link.running !== null || link.taken) return `slot ${slot} has another worker by now`;
    link.vacate(); // a new worker, which may have any slot
    return link;
  }

  #acknowledge(): void {
    if (this.#links.some((link) => link.pending)) this.#options.onCheckpoint();
    for (const link of this.#links) {
      link.acknowledge();
      link.look();
    }
  }

  /** Releases all workers, and closes the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#acknowledge();
    this.#sockets.close();
    for (const link of this.#links) link.kill();
    const { clients } = this.#sockets;
    const late = setTimeout(() => {
      for (const socket of clients) socket.terminate();
      this.#server.closeAllConnections();
    }, CLOSE_MS);
    for (const socket of clients) socket.close();
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(late);
  }
}

function notListening({ host, port }: GatewayOptions, cause: Error): GamedayError {
  const got = "code" in cause && cause.code === "EADDRINUSE" ? "somebody else there" : messageOf(cause);
  return new GamedayError({ code: "cannot-listen", expected: `to listen on ${host}:${port}`, got, cause });
}

/** Parses where to listen: "0.0.0.0:7070", or "7070" for loopback. Throws GamedayError for anything else. */
export function parseListen(text: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[?([^[\]]*?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new GamedayError({
      code: "bad-listen",
      expected: 'HOST:PORT such as "0.0.0.0:7070"',
      got: JSON.stringify(text),
      exitCode: ExitCode.usage,
    });
  }
  return { host: host === undefined || host === "" ? "127.0.0.1" : host, port: Number(port) };
}
