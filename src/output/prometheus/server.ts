/** Serves the metrics on a loopback address. Everything is bounded, so that no client can keep the run busy. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { GamedayError, systemReason } from "../../std/errors.ts";
import { CONTENT_TYPE } from "../metric/text.ts";
import type { Address } from "../prometheus.ts";
import { refusalOf } from "./guard.ts";

const CONNECTIONS_MAX = 16;
const HEADERS_BYTES_MAX = 8 << 10;
const TIMEOUT_MS = 5_000;
/** The page is made at most this often, however often it is asked for. */
const FRESH_MS = 500;

export class MetricsServer {
  readonly #server: Server;
  readonly #render: () => string;
  #page = { text: "", madeAtMs: Number.NEGATIVE_INFINITY };

  private constructor(render: () => string) {
    this.#render = render;
    this.#server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX }, (request, response) =>
      this.#answer(request, response),
    );
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.headersTimeout = TIMEOUT_MS;
    this.#server.requestTimeout = TIMEOUT_MS;
    this.#server.keepAliveTimeout = TIMEOUT_MS;
    this.#server.timeout = TIMEOUT_MS; // a client that reads nothing is cut off
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Throws GamedayError if the address is taken. */
  static async listen({ host, port }: Address, render: () => string): Promise<MetricsServer> {
    const made = new MetricsServer(render);
    try {
      await new Promise<void>((resolve, reject) => {
        made.#server.once("error", reject);
        made.#server.listen({ host, port, exclusive: true }, resolve);
      });
    } catch (cause) {
      const hint = "another run may serve its metrics on this port: give --metrics another port";
      throw new GamedayError({
        code: "metrics-address",
        expected: `to serve metrics on port ${port}`,
        got: systemReason(cause),
        hint,
        cause,
      });
    }
    made.#server.on("error", () => undefined); // too many open files must not end the run
    made.#server.unref();
    return made;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") return "";
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}/metrics`;
  }

  get #port(): number {
    const address = this.#server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    response.setHeader("cross-origin-resource-policy", "same-origin");
    const refusal = refusalOf(request, this.#port);
    request.resume();
    if (refusal !== null) {
      response.writeHead(refusal.status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
      response.end(`${refusal.says}\n`);
      return;
    }
    response.writeHead(200, { "content-type": CONTENT_TYPE });
    response.end(request.method === "HEAD" ? undefined : this.#fresh());
  }

  #fresh(): string {
    const nowMs = performance.now();
    if (nowMs - this.#page.madeAtMs >= FRESH_MS) this.#page = { text: this.#render(), madeAtMs: nowMs };
    return this.#page.text;
  }
}
