/** One connection of a worker to its coordinator. A line on which nothing comes any more is no line, whatever the kernel says. */
import { WebSocket } from "ws";
import type { WireFromWorker, WireToWorker } from "./envelope.ts";

const CONNECT_DEADLINE_MS = 5_000;
const LOOK_MS = 500;
/** The coordinator says something twice a second; a line may be slow by some seconds. */
const SILENT_MS = 5_000;
/** For the last words on a line that is closed. */
const CLOSE_MS = 1_000;

export interface LineListener {
  onOpen(): void;
  onSaid(said: WireToWorker): void;
  /** Whoever listens there does not want us. */
  onRefused(because: string): void;
  /** Told once, also when it never opened. */
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
    socket.on("error", () => undefined); // told by its close
    socket.on("close", () => {
      clearInterval(this.#timer);
      listener.onEnd();
    });
  }

  send(message: WireFromWorker): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** What was sent arrives first. */
  close(): void {
    this.#socket.close();
    setTimeout(() => this.end(), CLOSE_MS).unref();
  }

  end(): void {
    this.#socket.terminate();
  }

  /** Counted in looks, not by a clock: what came while this process was stopped waits to be read. */
  #look(): void {
    this.send({ wire: "alive" });
    this.#silentLooks++;
    if (this.#socket.readyState === WebSocket.OPEN && this.#silentLooks > SILENT_MS / LOOK_MS) this.end();
  }
}
