/** WebSockets as a script sees them. */
import type { Duration } from "../scenario.ts";
import type { TransportError } from "./http.ts";

/** Options of a WebSocket that a user opens. */
export interface SocketOptions {
  /** The name under which the socket is counted; the default is "WS path". */
  readonly name?: string;
  /** Added to the tags of everything that the socket counts. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Headers of this call only. Undefined: the entry is ignored. Null: the header is not sent, even if all other calls
   * carry it.
   */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  readonly protocols?: readonly string[];
  /** The timeout for opening the socket and for each receive(); the default is the load's timeout. */
  readonly timeout?: Duration;
}

/** A message that a WebSocket received. */
export interface SocketMessage {
  readonly isBinary: boolean;
  text(): string;
  json<T = unknown>(): T;
  bytes(): Uint8Array;
}

/** Options of one receive(). */
export interface ReceiveOptions {
  /** The default is the timeout of the socket. */
  readonly timeout?: Duration;
  /** Messages for which this function returns false are skipped; the first match is returned. */
  readonly where?: (message: SocketMessage) => boolean;
}

/** A WebSocket of a user. */
export interface UserSocket {
  /** True when the socket is open and has had no error. */
  readonly ok: boolean;
  /**
   * 101 once the socket was open; otherwise the status with which the server answered the handshake, or 0 if it did not
   * answer.
   */
  readonly status: number;
  /** The first error of the socket; null while it has had none. */
  readonly error: TransportError | null;
  /** Sends one message. If the socket is not open, nothing is sent and an error is counted. */
  send(data: string | Uint8Array): void;
  /** Sends a value as JSON text, as send() does. */
  sendJson(value: unknown): void;
  /** Returns the next message, or null if none arrived before the timeout or none can arrive any more. */
  receive(options?: ReceiveOptions): Promise<SocketMessage | null>;
  /**
   * Closes the socket and resolves when it is closed. Calling it twice is harmless. A user's sockets are closed when the
   * user stops.
   */
  close(code?: number, reason?: string): Promise<void>;
}
