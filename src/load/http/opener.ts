/** Opening of one TCP or TLS connection, with its own deadline; tells when it may be written to, and how it ended. */
import { isIP, type LookupFunction, connect as netConnect, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import type { TransportError } from "../../scenario.ts";
import { Deadline, type Deadlines } from "./deadlines.ts";
import { type Stage, socketError, transportError } from "./failure.ts";
import type { Origin } from "./origin.ts";
import type { Outgoing } from "./outgoing.ts";

/** All sockets of the process read into this one buffer; what came is parsed or copied before the next read. */
export const SHARED = Buffer.allocUnsafeSlow(65_536);

/** What all connections of a worker share. */
export interface Network {
  readonly deadlines: Deadlines;
  readonly outgoing: Outgoing;
  readonly lookup: LookupFunction;
  readonly connectTimeoutMs: number;
  readonly bodyBytesMax: number;
  readonly tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "rejectUnauthorized" | "servername">;
}

/** Timings of a connection that was opened for an exchange; all from the start of opening. */
export interface Opening {
  readonly connectMs: number;
  readonly tlsMs: number;
}

export interface OpenerListener {
  onData(opener: Opener, size: number): void;
  onReady(timings: Opening): void;
  onEnd(socket: Socket): void;
  onError(socket: Socket, error: TransportError): void;
}

/** Opens one socket and tells its owner when it may be written to, and how it ended. */
export class Opener {
  readonly #origin: Origin;
  readonly #network: Network;
  readonly #listener: OpenerListener;
  readonly #startedMs = performance.now();
  #connectedMs = 0;
  #socket: Socket | null = null;
  #deadline: Deadline | null = null;
  #ready = false;
  #told = false;

  constructor(origin: Origin, network: Network, listener: OpenerListener) {
    this.#origin = origin;
    this.#network = network;
    this.#listener = listener;
  }

  stage(sent: boolean): Stage {
    return { connected: this.#connectedMs > 0, secure: this.#ready || !this.#origin.secure, sent: sent && this.#ready };
  }

  /** Listeners are few and shared where they can be: there are thousands of connections. */
  start(): Socket {
    const socket = this.#origin.secure ? this.#connectTls() : this.#connectPlain();
    this.#socket = socket;
    this.#deadline = new Deadline(this);
    this.#network.deadlines.add(this.#deadline, this.#network.connectTimeoutMs, this.#startedMs);
    socket.once("connect", () => {
      this.#connectedMs = performance.now();
      if (!this.#origin.secure) this.#becameReady();
    });
    if (this.#origin.secure) socket.once("secureConnect", () => this.#becameReady());
    const ended = () =>
      this.#lost(
        socket,
        this.#ready ? null : socketError(new Error("the connection ended before it could be used"), this.stage(false)),
      );
    socket.on("end", ended);
    socket.on("close", ended);
    socket.on("error", (error) => this.#lost(socket, socketError(error, this.stage(true))));
    return socket;
  }

  /** The connection is not there in time. */
  onDue(): void {
    if (this.#socket !== null) this.#lost(this.#socket, this.#late(this.#network.connectTimeoutMs));
  }

  #becameReady(): void {
    this.#forgetDeadline();
    this.#ready = true;
    const now = performance.now();
    this.#listener.onReady({ connectMs: this.#connectedMs - this.#startedMs, tlsMs: now - this.#connectedMs });
  }

  #forgetDeadline(): void {
    if (this.#deadline !== null) this.#network.deadlines.remove(this.#deadline);
    this.#deadline = null;
  }

  #lost(socket: Socket, error: TransportError | null): void {
    this.#forgetDeadline();
    if (this.#told) return;
    this.#told = true;
    if (error === null) this.#listener.onEnd(socket);
    else this.#listener.onError(socket, error);
    socket.destroy();
  }

  #late(timeoutMs: number): TransportError {
    const code = this.#connectedMs > 0 ? "tls" : "connect-timeout";
    return transportError(code, `no connection to ${this.#origin.authority} within ${timeoutMs} ms`, false);
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

  #connectPlain(): Socket {
    const { host, port } = this.#origin;
    return netConnect({ host, port, noDelay: true, lookup: this.#network.lookup, onread: this.#onread() });
  }

  #connectTls(): Socket {
    const { host, port } = this.#origin;
    const { tls, lookup } = this.#network;
    const name = tls.servername ?? (isIP(host) === 0 ? host : undefined);
    const options = {
      ...tls,
      host,
      port,
      lookup,
      noDelay: true,
      ALPNProtocols: ["http/1.1"],
      ...(name === undefined ? {} : { servername: name }),
      onread: this.#onread(),
    };
    return tlsConnect(options as ConnectionOptions);
  }
}
