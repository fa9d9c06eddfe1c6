/** One connection of a worker to its coordinator. It ends when nothing arrives any more, even when the kernel keeps it open. */
import { WebSocket } from "ws";
import type { WireFromWorker, WireToWorker } from "./envelope.ts";

const CONNECT_DEADLINE_MS = 5_000;
const LOOK_MS = 500;
/** The coordinator sends a message twice a second, and a connection may be slow by some seconds. */
const SILENT_MS = 5_000;
/** Time for the last messages on a connection that is being closed. */
const CLOSE_MS = 1_000;

export interface LineListener {
  onOpen(): void;
  onSaid(said: WireToWorker): void;
  /** Called when the server rejects the token. */
  onRefused(because: string): void;
  /** Called once, even when the connection never opened. */
  onEnd(): void;
}

export class Line {
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  #silentLooks = 0;

  constructor(url: string, token: string, listener: LineListener) {
    const socket = new WebSocket(url.replace(/^http/, "ws"), {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: CONNECT_DEADLINE_MS,
    });
    this.#socket = socket;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    socket.on("open", () => {
      this.#silentLooks = 0;
      listener.onOpen();
    });
    socket.on("unexpected-response", (_request, response) => {
      if (response.statusCode === 401) listener.onRefused("the token is not the coordinator's");
      socket.terminate();
    });
    socket.on("message", (data) => {
      this.#silentLooks = 0;
      listener.onSaid(JSON.parse(String(data)) as WireToWorker);
    });
    socket.on("error", () => undefined); // reported when the socket closes
    socket.on("close", () => {
      clearInterval(this.#timer);
      listener.onEnd();
    });
  }

  send(message: WireFromWorker): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Closes the connection after what was sent has arrived. */
  close(): void {
    this.#socket.close();
    setTimeout(() => this.end(), CLOSE_MS).unref();
  }

  end(): void {
    this.#socket.terminate();
  }

  /**
   * Sends a heartbeat, and ends a silent connection. Silence is counted in checks rather than by a clock, because messages that
   * arrived while this process was stopped have not been read yet.
   */
  #look(): void {
    this.send({ wire: "alive" });
    this.#silentLooks++;
    if (this.#socket.readyState === WebSocket.OPEN && this.#silentLooks > SILENT_MS / LOOK_MS) this.end();
  }
}
