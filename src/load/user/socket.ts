/** One WebSocket of a user. Messages that arrive wait in a bounded inbox until the script receives them. */
import { WebSocket } from "ws";
import type { ReceiveOptions, SocketMessage, TransportError, UserSocket } from "../../scenario.ts";
import type { Series } from "../count/metrics.ts";
import type { Scope } from "../count/scope.ts";
import { timeoutOf } from "../http/call-options.ts";
import { Deadline } from "../http/deadlines.ts";
import { socketError, transportError } from "../http/failure.ts";
import type { LoadUser } from "../user.ts";
import type { UserWorld } from "./world.ts";

const INBOX_MAX = 1_000;
/** How long the server may take to answer our close. */
const CLOSE_MS = 1_000;
const NORMAL = new Set([1000, 1001, 1005]);

interface Wanted {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The time at which the opening was due (performance.now()). */
  readonly dueMs: number;
}

interface Receiver {
  readonly wants: (message: SocketMessage) => boolean;
  readonly give: (message: SocketMessage | null) => void;
  /** Rejects the receive, because `wants`, which is the script's own function, has thrown. */
  readonly fail: (thrown: unknown) => void;
}

export class LoadSocket implements UserSocket {
  status = 0;
  error: TransportError | null = null;
  readonly #user: LoadUser;
  readonly #world: UserWorld;
  readonly #wanted: Wanted;
  /** The scope in which the socket was opened, because messages arrive outside of any code of the script. */
  readonly #scope: Scope;
  readonly #inbox: SocketMessage[] = [];
  readonly #received: Series;
  #receiver: Receiver | null = null;
  #wire: WebSocket | null = null;
  #openedMs = 0;
  #closing = false;
  /** How far the connection below the handshake has come. */
  #connected = false;
  #secure = false;
  #setClosed: () => void = () => undefined;
  readonly #gone = new Promise<void>((resolve) => {
    this.#setClosed = resolve;
  });

  constructor(user: LoadUser, world: UserWorld, wanted: Wanted) {
    this.#user = user;
    this.#world = world;
    this.#wanted = wanted;
    this.#scope = user.scope;
    this.#received = this.#series("ws_msgs_received", false);
  }

  get ok(): boolean {
    return this.#wire?.readyState === WebSocket.OPEN && this.error === null;
  }

  /** Resolves when the socket is open, or when it is certain that it will not open. */
  opening(wire: WebSocket): Promise<void> {
    this.#wire = wire;
    this.#user.belongings.opened(this.#abandoned);
    const opened = new Promise<void>((resolve) => wire.once("open", () => resolve(this.#open())));
    wire.on("message", (data, isBinary) => this.#take(messageOf(data as Buffer, isBinary)));
    wire.on("error", (error) => this.#fail(this.#errorOf(error)));
    wire.on("close", (code) => this.#ended(code));
    const { deadlines } = this.#world.session.network;
    const deadline = new Deadline({ onDue: () => this.#late() });
    deadlines.add(deadline, this.#wanted.timeoutMs, performance.now());
    return Promise.race([opened, this.#gone]).finally(() => deadlines.remove(deadline));
  }

  connected(secure: boolean): void {
    this.#connected = true;
    this.#secure = secure;
  }

  /** Fails the socket because the server answered the handshake with an HTTP status. */
  refused(status: number): void {
    this.status = status;
    if (status === 101)
      return this.#fail(
        transportError("malformed", "the handshake was answered with 101 but not for a WebSocket", true),
      );
    this.#fail(transportError("refused", `the handshake was answered with status ${status}`, true));
  }

  send(data: string | Uint8Array): void {
    this.#user.turn.activity++;
    if (!this.ok) return this.#miscounted("closed");
    if (this.#unread()) return;
    this.#wire?.send(data, () => undefined); // a failed send is reported as the end of the socket
    this.#series("ws_msgs_sent", false).record(1);
  }

  /** Ends the socket and returns true when too much of what the server does not read waits in our memory. */
  #unread(): boolean {
    const waiting = this.#wire?.bufferedAmount ?? 0;
    const { eachMax } = this.#world.session.network.kept;
    if (waiting <= eachMax) return false;
    const message = `the server does not read, or not as fast as is sent: ${waiting} bytes wait, the limit is ${eachMax}`;
    this.#fail(transportError("unread", message, true));
    this.#wire?.terminate();
    return true;
  }

  sendJson(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  receive({ timeout, where = () => true }: ReceiveOptions = {}): Promise<SocketMessage | null> {
    this.#user.turn.activity++;
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift())
      if (where(message)) return Promise.resolve(message);
    if (!this.ok) return this.#gone.then(() => null);
    return this.#await(where, timeout === undefined ? this.#wanted.timeoutMs : timeoutOf(timeout));
  }

  async close(code = 1000, reason = ""): Promise<void> {
    // If the server closed first, its own reason counts.
    if (this.#wire?.readyState === WebSocket.OPEN) this.#closing = true;
    this.#wire?.close(code, reason);
    const { deadlines } = this.#world.session.network;
    const deadline = new Deadline({ onDue: () => this.#wire?.terminate() });
    deadlines.add(deadline, CLOSE_MS, performance.now());
    await this.#gone;
    deadlines.remove(deadline);
  }

  /** Closes the socket together with its user, at once. */
  readonly #abandoned = {
    close: () => {
      this.#closing = true;
      this.#wire?.terminate();
    },
  };

  #open(): void {
    this.status = 101;
    this.#openedMs = performance.now();
    this.#series("ws_connecting", true).record(this.#openedMs - this.#wanted.dueMs);
  }

  #await(wants: Receiver["wants"], timeoutMs: number): Promise<SocketMessage | null> {
    const { deadlines } = this.#world.session.network;
    this.#receiver?.give(null); // a second receive replaces the first
    return new Promise((resolve, reject) => {
      const deadline = new Deadline({
        onDue: () => {
          this.#miscounted("timeout");
          this.#receiver?.give(null);
        },
      });
      deadlines.add(deadline, timeoutMs, performance.now());
      const end = () => {
        this.#receiver = null;
        deadlines.remove(deadline);
      };
      const give = (message: SocketMessage | null) => {
        end();
        resolve(message);
      };
      const fail = (thrown: unknown) => {
        end();
        reject(thrown);
      };
      this.#receiver = { wants, give, fail };
    });
  }

  #offer({ wants, give, fail }: Receiver, message: SocketMessage): void {
    try {
      if (wants(message)) give(message);
    } catch (thrown) {
      fail(thrown);
    }
  }

  #take(message: SocketMessage): void {
    this.#received.record(1);
    if (this.#receiver !== null) return this.#offer(this.#receiver, message);
    this.#inbox.push(message);
    if (this.#inbox.length <= INBOX_MAX) return;
    this.#inbox.shift();
    this.#world.onNote("ws-inbox", `messages of "${this.#wanted.name}" were not received in time: the oldest are lost`);
  }

  #late(): void {
    this.#fail(transportError("connect-timeout", `no open socket within ${this.#wanted.timeoutMs} ms`, true));
    this.#wire?.terminate();
  }

  #errorOf(thrown: Error): TransportError {
    const { code = "" } = thrown as NodeJS.ErrnoException;
    if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return transportError("body-too-large", thrown.message, true);
    const broken = /^(WS_ERR|HPE_)/.test(code) || /^(Invalid|Unexpected|Server sent)/.test(thrown.message);
    if (broken) return transportError("malformed", thrown.message, true);
    const ended = thrown.message === "socket hang up" && this.#secure; // node:http reports an end without an answer like this
    if (ended) return transportError("closed", "the connection ended before the handshake was answered", true);
    return socketError(thrown, { connected: this.#connected, secure: this.#secure, sent: this.#secure });
  }

  /** Records why the socket failed. Only the first reason counts, because it explains the others. */
  #fail(error: TransportError): void {
    if (this.error !== null || this.#closing) return;
    this.error = error;
    if (error.code === "local") this.#user.session.owner.onLocalTrouble(error.message);
    this.#miscounted(error.code);
  }

  #miscounted(kind: string): void {
    const { name, tags } = this.#wanted;
    const { registry, tags: own } = this.#scope;
    registry.series("ws_errors", { ...own, ...tags, name, kind }, false, "counter").record(1);
  }

  #ended(code: number): void {
    if (!NORMAL.has(code)) this.#fail(transportError("closed", `the server closed the socket with ${code}`, true));
    if (this.#openedMs > 0) this.#series("ws_session_duration", true).record(performance.now() - this.#openedMs);
    this.#user.belongings.hasClosed(this.#abandoned);
    this.#receiver?.give(null);
    this.#setClosed();
  }

  #series(metric: string, withHistogram: boolean): Series {
    const { name, tags } = this.#wanted;
    const { registry, tags: own } = this.#scope;
    return registry.series(metric, { ...own, ...tags, name }, withHistogram, withHistogram ? undefined : "counter");
  }
}

function messageOf(data: Buffer, isBinary: boolean): SocketMessage {
  return {
    isBinary,
    text: () => data.toString("utf8"),
    json: <T>() => JSON.parse(data.toString("utf8")) as T,
    bytes: () => data,
  };
}
