/** Opens one HTTP/2 connection within the connect timeout: by ALPN over TLS, and by prior knowledge without TLS. */
import type { ClientHttp2Session, connect as Connect } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TransportError } from "../../../scenario.ts";
import { Deadline } from "../deadlines.ts";
import { dial, secureOver } from "../dial.ts";
import { socketError, transportError } from "../failure.ts";
import type { Network } from "../network.ts";
import type { Opening } from "../opener.ts";
import type { Origin } from "../origin.ts";
import { openTunnel } from "../tunnel.ts";

/** How much a server may send on a stream before it is read. The default of 64 KiB would slow down large answers. */
const WINDOW_BYTES = 1 << 20;

export interface OpeningListener {
  onOpen(session: ClientHttp2Session, timings: Opening): void;
  onNotOpen(error: TransportError): void;
}

export class Http2Opening {
  readonly #origin: Origin;
  readonly #network: Network;
  readonly #listener: OpeningListener;
  readonly #deadline = new Deadline(this);
  readonly #startedMs = performance.now();
  #connectedMs = 0;
  #socket: Socket | null = null;
  #session: ClientHttp2Session | null = null;
  #told = false;

  constructor(origin: Origin, network: Network, listener: OpeningListener) {
    this.#origin = origin;
    this.#network = network;
    this.#listener = listener;
    network.deadlines.add(this.#deadline, network.connectTimeoutMs, this.#startedMs);
  }

  async start(): Promise<void> {
    try {
      const { connect } = await import("node:http2");
      if (this.#told) return;
      const proxy = this.#network.proxies.on(this.#origin);
      const options = { network: this.#network, protocols: ["h2"] };
      if (proxy === null) return this.#begin(dial(this.#origin, options), connect);
      this.#socket = openTunnel(proxy, this.#origin, this.#network, {
        onNoTunnel: (error) => this.#fail(error),
        onTunnel: (below) => {
          this.#connectedMs = performance.now();
          this.#begin(this.#origin.secure ? secureOver(below, this.#origin, options) : below, connect);
        },
      });
    } catch (thrown) {
      this.#fail(socketError(thrown, this.#stage()));
    }
  }

  #begin(socket: Socket, connect: typeof Connect): void {
    if (this.#told) return void socket.destroy();
    this.#socket = socket;
    this.#session = connect(this.#origin.text, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    });
    this.#listen(socket, this.#session);
  }

  /** Gives up without notifying the listener. */
  cancel(): void {
    this.#told = true;
    this.#network.deadlines.remove(this.#deadline);
    this.#session?.destroy();
    this.#socket?.destroy();
  }

  /** Fails the opening, because the connection was not established in time. */
  onDue(): void {
    if (this.#connectedMs === 0) this.#network.addresses.distrust(this.#origin.host);
    const code = this.#connectedMs > 0 && this.#origin.secure ? "tls" : "connect-timeout";
    const message = `no connection to ${this.#origin.authority} within ${this.#network.connectTimeoutMs} ms`;
    this.#fail(transportError(code, message, false));
  }

  #listen(socket: Socket, session: ClientHttp2Session): void {
    const fail = (error: unknown) => this.#fail(socketError(error, this.#stage()));
    socket.once("connect", () => {
      this.#connectedMs = performance.now();
    });
    socket.on("error", fail);
    session.on("error", fail);
    session.once("close", () => fail(new Error("closed")));
    session.once("connect", () => this.#open(socket, session));
  }

  #open(socket: Socket, session: ClientHttp2Session): void {
    if (this.#told) return session.destroy();
    const chosen = (socket as Partial<TLSSocket>).alpnProtocol;
    if (this.#origin.secure && chosen !== "h2") {
      const says = `the server does not offer HTTP/2: it chose ${chosen === false ? "no protocol" : chosen}`;
      return this.#fail(transportError("tls", says, false));
    }
    this.#told = true;
    this.#network.deadlines.remove(this.#deadline);
    const now = performance.now();
    const connectedMs = this.#connectedMs === 0 ? now : this.#connectedMs;
    session.setLocalWindowSize(WINDOW_BYTES * 4);
    this.#listener.onOpen(session, { connectMs: connectedMs - this.#startedMs, tlsMs: now - connectedMs });
  }

  #fail(error: TransportError): void {
    if (this.#told) return;
    this.cancel();
    this.#listener.onNotOpen(error);
  }

  #stage() {
    return { connected: this.#connectedMs > 0, secure: !this.#origin.secure, sent: false };
  }
}
