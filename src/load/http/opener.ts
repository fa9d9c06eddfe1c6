/** The opening of one TCP or TLS connection, within its own deadline. */
import type { Socket } from "node:net";
import type { TransportError } from "../../scenario.ts";
import { Deadline } from "./deadlines.ts";
import { dial, secureOver } from "./dial.ts";
import { type Stage, socketError, transportError } from "./failure.ts";
import type { Network } from "./network.ts";
import type { Origin } from "./origin.ts";
import type { HttpProxy } from "./proxy.ts";
import { openTunnel } from "./tunnel.ts";

/** The one buffer that all sockets of the process read into. Its bytes are parsed or copied before the next read. */
export const SHARED = Buffer.allocUnsafeSlow(65_536);

/** How many local ports in a row may be in use. */
const PORTS_TAKEN_MAX = 16;

/** The timings of a connection that was opened for an exchange: until TCP (and any tunnel) is connected, then until TLS is. */
export interface Opening {
  readonly connectMs: number;
  readonly tlsMs: number;
}

export interface OpenerListener {
  onData(opener: Opener, size: number): void;
  onReady(opener: Opener, socket: Socket, timings: Opening): void;
  /** Is called when the connection ended; `error` is null when it was ready and has simply ended. */
  onEnd(opener: Opener, error: TransportError | null): void;
}

/** Opens one connection, and reports to its owner when it may be written to and how it ended. */
export class Opener {
  readonly #origin: Origin;
  /** The proxy on the way to the origin; null when there is none. */
  readonly #proxy: HttpProxy | null;
  readonly #network: Network;
  readonly #listener: OpenerListener;
  readonly #startedMs = performance.now();
  #connectedMs = 0;
  #socket: Socket | null = null;
  #deadline: Deadline | null = null;
  #ready = false;
  #told = false;
  #portsTaken = 0;
  /** Begins once more; null where the kernel chooses the local port. */
  #again: (() => void) | null = null;

  constructor(origin: Origin, proxy: HttpProxy | null, network: Network, listener: OpenerListener) {
    this.#origin = origin;
    this.#proxy = proxy;
    this.#network = network;
    this.#listener = listener;
  }

  stage(sent: boolean): Stage {
    return { connected: this.#connectedMs > 0, secure: this.#ready || !this.#origin.secure, sent: sent && this.#ready };
  }

  /** Starts opening. Requests to http:// URLs are sent to the proxy itself; https:// needs a tunnel through it. */
  start(): void {
    this.#deadline = new Deadline(this);
    this.#network.deadlines.add(this.#deadline, this.#network.connectTimeoutMs, this.#startedMs);
    const proxy = this.#proxy;
    if (proxy === null) this.#begin(this.#origin);
    else if (!this.#origin.secure) this.#begin(proxy.origin, true);
    else this.#beginTunnel(proxy);
  }

  /** Closes the connection without notifying the listener. */
  close(): void {
    this.#told = true;
    this.#forgetDeadline();
    this.#socket?.destroy();
  }

  /** Fails the opening, because the connection was not established in time. */
  onDue(): void {
    if (this.#connectedMs === 0) this.#network.addresses.distrust((this.#proxy?.origin ?? this.#origin).host);
    this.#lost(this.#late(this.#network.connectTimeoutMs));
  }

  /** Begins again from another local port when the chosen one is in use. Returns false when there is nothing to choose. */
  #fromAnotherPort(error: NodeJS.ErrnoException): boolean {
    const isTaken = error.code === "EADDRINUSE" || error.code === "EADDRNOTAVAIL";
    if (!isTaken || this.#again === null || this.#portsTaken >= PORTS_TAKEN_MAX) return false;
    this.#portsTaken++;
    this.#again();
    return true;
  }

  /** Begins to connect. The listeners are few, and shared where possible, because there are thousands of connections. */
  #begin(to: Origin, isProxy = false): void {
    if (this.#network.localPort !== undefined) this.#again = () => this.#begin(to, isProxy);
    const socket = dial(to, { network: this.#network, protocols: ["http/1.1"], onread: this.#onread(), isProxy });
    socket.once("connect", () => {
      this.#connectedMs = performance.now();
      if (!to.secure) this.#becameReady();
    });
    if (to.secure) socket.once("secureConnect", () => this.#becameReady());
    this.#watch(socket);
  }

  #beginTunnel(proxy: HttpProxy): void {
    this.#socket = openTunnel(proxy, this.#origin, this.#network, {
      onNoTunnel: (error) => this.#lost(error),
      onTunnel: (below) => {
        if (this.#told) return void below.destroy();
        this.#connectedMs = performance.now();
        const socket = secureOver(below, this.#origin, { network: this.#network, protocols: ["http/1.1"] });
        socket.once("secureConnect", () => this.#becameReady());
        socket.on("data", (bytes: Buffer) => this.#take(bytes));
        this.#watch(socket);
      },
    });
  }

  /** Copies bytes into the shared buffer, which a socket on top of another does not read into. */
  #take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#told; at += SHARED.length) {
      const size = bytes.copy(SHARED, 0, at);
      this.#listener.onData(this, size);
    }
  }

  #watch(socket: Socket): void {
    this.#socket = socket;
    const ended = () => {
      if (socket !== this.#socket) return; // another one has taken its place
      const early = new Error("the connection ended before it could be used");
      this.#lost(this.#ready ? null : socketError(early, this.stage(false)));
    };
    socket.on("end", ended);
    socket.on("close", ended);
    socket.on("error", (error) => {
      if (!this.#fromAnotherPort(error)) this.#lost(this.#named(socketError(error, this.stage(true))));
    });
  }

  /** Names the proxy in an error that may be caused by it. */
  #named(error: TransportError): TransportError {
    if (this.#proxy === null || this.#ready) return error;
    return { ...error, message: `by way of the proxy ${this.#proxy.origin.text}: ${error.message}` };
  }

  #becameReady(): void {
    if (this.#told || this.#socket === null) return;
    this.#forgetDeadline();
    this.#ready = true;
    const now = performance.now();
    const timings = { connectMs: this.#connectedMs - this.#startedMs, tlsMs: now - this.#connectedMs };
    this.#listener.onReady(this, this.#socket, timings);
  }

  #forgetDeadline(): void {
    if (this.#deadline !== null) this.#network.deadlines.remove(this.#deadline);
    this.#deadline = null;
  }

  #lost(error: TransportError | null): void {
    this.#forgetDeadline();
    if (this.#told) return;
    this.#told = true;
    this.#listener.onEnd(this, error);
    this.#socket?.destroy();
  }

  #late(timeoutMs: number): TransportError {
    const code = this.#connectedMs > 0 ? "tls" : "connect-timeout";
    const error = transportError(code, `no connection to ${this.#origin.authority} within ${timeoutMs} ms`, false);
    return this.#named(error);
  }

  #onread() {
    return {
      buffer: SHARED,
      callback: (size: number) => {
        this.#listener.onData(this, size);
        return true;
      },
    };
  }
}
