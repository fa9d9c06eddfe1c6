/** The coordinator's door for workers on other machines: a WebSocket server that wants a token, and a link for each slot. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { isRecord } from "../../std/json.ts";
import { until } from "../../std/wait.ts";
import type { Link, LinkListener } from "../link.ts";
import type { ToWorker } from "../protocol.ts";
import { type RunningState, WIRE_VERSION, type WireFromWorker, type WireToWorker } from "./wire.ts";

const MESSAGE_BYTES_MAX = 16 << 20;
/** What is not acknowledged is told again, so this bounds only what workers keep. */
const ACKNOWLEDGE_MS = 500;
/** A coordinator that starts anew waits this long for workers that are still at work. */
const ADOPT_MS = 3_000;

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Makes safe what was told so far; after it workers may forget it. */
  readonly onCheckpoint: () => void;
  readonly onNote: (says: string) => void;
}

export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #links: RemoteLink[];
  readonly #timer: NodeJS.Timeout;
  #opened = 0;

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#links = Array.from({ length: options.workers }, (_, slot) => new RemoteLink(slot));
    this.#server = createServer((_request, response) => response.writeHead(426).end());
    this.#sockets = new WebSocketServer({
      server: this.#server,
      maxPayload: MESSAGE_BYTES_MAX,
      verifyClient: ({ req }: { req: IncomingMessage }) => this.#allowed(req.headers.authorization),
    });
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
      gateway.#server.once("error", (cause) => reject(notListening(options, cause)));
      gateway.#server.listen(options.port, options.host, resolve);
    });
    return gateway;
  }

  /** Workers that were in the middle of a load when they came: null, or what they said. Waits until all slots are taken. */
  async gather(deadlineMs: number): Promise<readonly RunningState[] | null> {
    const { signal, workers } = this.#options;
    const joined = () => this.#links.filter((link) => link.joined).length;
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

  /** Workers that came in the middle of a load. */
  get atWork(): number {
    return this.#links.filter((link) => link.running !== null).length;
  }

  /** The link of the next slot. */
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
    socket.on("error", () => undefined); // told by its close
    let link: RemoteLink | null = null;
    socket.on("message", (data) => {
      const said = parsed(String(data));
      if (said === undefined) return socket.terminate(); // it will come again, or be missed
      if (said.wire === "clock")
        reply(socket, { wire: "clock", sentNs: said.sentNs, atNs: process.hrtime.bigint().toString() });
      else if (said.wire === "hello") link = this.#place(socket, said);
      else link?.hear(said.number, said.message);
    });
  }

  /** A worker at work keeps its slot; a new one gets the one it would like or another that is free; one that was given up, or is too many, is sent away. */
  #place(socket: WebSocket, hello: Extract<WireFromWorker, { wire: "hello" }>): RemoteLink | null {
    const { running, version } = hello;
    const wanted = running === null ? this.#freeLink(hello.index ?? null) : this.#links[running.slot];
    if (version !== WIRE_VERSION || wanted === undefined || wanted.givenUp) {
      const because = version !== WIRE_VERSION ? `version ${WIRE_VERSION} is spoken here` : "there is no free place";
      reply(socket, { wire: "refused", because });
      socket.close();
      return null;
    }
    wanted.attach(socket, hello);
    this.#options.onNote(`worker ${hello.name} ${running === null ? "joined" : "is back"} (slot ${wanted.slot})`);
    return wanted;
  }

  #freeLink(index: number | null): RemoteLink | undefined {
    const liked = index === null ? undefined : this.#links[index];
    return liked?.joined === false ? liked : this.#links.find((link) => !link.joined);
  }

  #acknowledge(): void {
    if (this.#links.every((link) => link.acknowledged)) return;
    this.#options.onCheckpoint();
    for (const link of this.#links) if (!link.acknowledged) link.acknowledge();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#acknowledge();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The line to a worker that may break and come back. Its silence, not its break, tells that it is lost. */
class RemoteLink implements Link {
  readonly slot: number;
  readonly gone: Promise<void>;
  running: RunningState | null = null;
  joined = false;
  givenUp = false;
  #listener: LinkListener | null = null;
  #socket: WebSocket | null = null;
  #early: Parameters<RemoteLink["hear"]>[] = [];
  #queue: ToWorker[] = [];
  #heard = 0;
  #acknowledged = 0;
  #setGone: () => void = () => undefined;

  constructor(slot: number) {
    this.slot = slot;
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
  }

  get where(): string {
    return `remote worker in slot ${this.slot}`;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    // In a moment, when the coordinator knows this line.
    queueMicrotask(() => {
      for (const [number, message] of this.#early.splice(0)) this.hear(number, message);
    });
  }

  attach(socket: WebSocket, hello: Extract<WireFromWorker, { wire: "hello" }>): void {
    this.#socket?.terminate();
    this.#socket = socket;
    this.joined = true;
    this.running = hello.running;
    // A coordinator that starts anew has heard nothing: what the worker still keeps begins at `next`.
    this.#heard = Math.max(this.#heard, hello.next - 1);
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = null;
      if (this.givenUp) this.#setGone();
    });
    for (const message of this.#queue.splice(0)) this.send(message);
  }

  hear(number: number, message: Parameters<LinkListener["onMessage"]>[0]): void {
    if (this.#listener === null) return void this.#early.push([number, message]);
    if (number <= this.#heard || this.givenUp) return; // a repeat after a broken line
    this.#heard = number;
    this.#listener.onMessage(message);
  }

  get acknowledged(): boolean {
    return this.#heard === this.#acknowledged;
  }

  acknowledge(): void {
    this.#acknowledged = this.#heard;
    if (this.#socket !== null) reply(this.#socket, { wire: "acknowledge", number: this.#heard });
  }

  send(message: ToWorker): void {
    if (message.type === "exit") this.#leave();
    if (this.#socket !== null) reply(this.#socket, { wire: "message", message });
    else if (!this.givenUp) this.#queue.push(message);
  }

  whereStuck(): Promise<string | null> {
    return Promise.resolve(null);
  }

  kill(): void {
    if (this.#socket !== null) reply(this.#socket, { wire: "message", message: { type: "exit" } });
    this.#leave();
  }

  #leave(): void {
    this.acknowledge();
    this.givenUp = true;
    if (this.#socket === null) this.#setGone();
  }
}

/** undefined: nothing that a worker says. A stranger's, or a broken one's, words must not end the load. */
function parsed(text: string): WireFromWorker | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value["wire"] === "string" ? (value as unknown as WireFromWorker) : undefined;
  } catch {
    return undefined;
  }
}

function reply(socket: WebSocket, message: WireToWorker): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function notListening({ host, port }: GatewayOptions, cause: Error): GamedayError {
  const got = "code" in cause && cause.code === "EADDRINUSE" ? "somebody else there" : messageOf(cause);
  return new GamedayError({ code: "cannot-listen", expected: `to listen on ${host}:${port}`, got, cause });
}

/** Where to listen: "0.0.0.0:7070" or "7070" for loopback. Throws GamedayError for anything else. */
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
