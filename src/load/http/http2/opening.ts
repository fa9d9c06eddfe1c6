/** Opening of one HTTP/2 connection: ALPN over TLS, prior knowledge without, within the time that a connection may take. */
import type { ClientHttp2Session } from "node:http2";
import { isIP, connect as netConnect, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { TransportError } from "../../../scenario.ts";
import { Deadline } from "../deadlines.ts";
import { socketError, transportError } from "../failure.ts";
import type { Network, Opening } from "../opener.ts";
import type { Origin } from "../origin.ts";

/** Of what a server may have sent before it is read; the default of 64 KiB would pace large answers. */
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
      const socket = this.#connect();
      this.#socket = socket;
      this.#session = connect(this.#origin.text, {
        createConnection: () => socket,
        settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
      });
      this.#listen(socket, this.#session);
    } catch (thrown) {
      this.#fail(socketError(thrown, this.#stage()));
    }
  }

  /** Gives up; nobody is told. */
  cancel(): void {
    this.#told = true;
    this.#network.deadlines.remove(this.#deadline);
    this.#session?.destroy();
    this.#socket?.destroy();
  }

  /** The connection is not there in time. */
  onDue(): void {
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

  #connect(): Socket {
    const { host, port, secure } = this.#origin;
    const { tls, lookup } = this.#network;
    if (!secure) return netConnect({ host, port, noDelay: true, lookup });
    const name = tls.servername ?? (isIP(host) === 0 ? host : undefined);
    return tlsConnect({
      ...tls,
      host,
      port,
      lookup,
      ALPNProtocols: ["h2"],
      ...(name === undefined ? {} : { servername: name }),
    }).setNoDelay(true);
  }
}
