/**
 * One user's HTTP/2 connection to one origin, which all calls share as streams. It is opened when the first call needs it,
 * and again after the server has ended it.
 */
import type { ClientHttp2Session } from "node:http2";
import type { TransportError } from "../../../scenario.ts";
import type { Carrier, Exchange } from "../connection.ts";
import { transportError } from "../failure.ts";
import type { Network } from "../network.ts";
import type { Opening } from "../opener.ts";
import type { Origin } from "../origin.ts";
import { goaway, sessionError } from "./failure.ts";
import { Http2Opening, type OpeningListener } from "./opening.ts";
import { Http2Stream, type StreamOwner } from "./stream.ts";

export class Http2Link implements Carrier, OpeningListener, StreamOwner {
  readonly origin: Origin;
  /** Null, because HTTP/2 requests a tunnel from a proxy, never a URL. */
  readonly asks = null;
  readonly #network: Network;
  readonly #streams = new Set<Http2Stream>();
  readonly #reasons = new WeakMap<ClientHttp2Session, TransportError>();
  readonly #served = new WeakSet<ClientHttp2Session>();
  /** The last stream that the server declared it would process. */
  readonly #lastStreams = new WeakMap<ClientHttp2Session, number>();
  #waiting: Http2Stream[] = [];
  #opening: Http2Opening | null = null;
  #session: ClientHttp2Session | null = null;

  constructor(origin: Origin, network: Network) {
    this.origin = origin;
    this.#network = network;
  }

  send(exchange: Exchange): void {
    const stream = new Http2Stream(exchange, this.#network, this);
    this.#streams.add(stream);
    const session = this.#session;
    if (session !== null && !session.closed && !session.destroyed) return stream.begin(session, null);
    this.#session = null;
    this.#waiting.push(stream);
    if (this.#opening !== null) return;
    this.#opening = new Http2Opening(this.origin, this.#network, this);
    void this.#opening.start();
  }

  /** Closes the connection; exchanges in flight fail as aborted. */
  close(): void {
    for (const stream of [...this.#streams])
      stream.fail(transportError("aborted", "the user was stopped", stream.sent));
    this.#opening?.cancel();
    this.#opening = null;
    this.#waiting = [];
    this.#session?.destroy();
    this.#session = null;
  }

  onOpen(session: ClientHttp2Session, timings: Opening): void {
    this.#opening = null;
    this.#session = session;
    session.on("goaway", (code, lastStream) => {
      this.#lastStreams.set(session, lastStream ?? 0);
      this.#ends(session, goaway(code));
    });
    session.on("error", (error) => this.#ends(session, sessionError(error)));
    session.on("close", () => this.#ends(session, null));
    const [first, ...others] = this.#waiting.splice(0);
    first?.begin(session, timings);
    for (const stream of others) stream.begin(session, null);
  }

  onNotOpen(error: TransportError): void {
    this.#opening = null;
    for (const stream of this.#waiting.splice(0)) stream.fail(error);
  }

  reasonFor(session: ClientHttp2Session): TransportError | null {
    return this.#reasons.get(session) ?? null;
  }

  lastStreamOf(session: ClientHttp2Session): number {
    return this.#lastStreams.get(session) ?? Number.POSITIVE_INFINITY;
  }

  hasServed(session: ClientHttp2Session): boolean {
    return this.#served.has(session);
  }

  onSettled(stream: Http2Stream): void {
    this.#streams.delete(stream);
    if (stream.session !== null && stream.exchange.firstByteMs > 0) this.#served.add(stream.session);
  }

  /**
   * Ends a connection on which nothing arrived for a whole timeout. After a partition, TCP retransmits ever more rarely, so an
   * old connection stays silent long after the network is back, while a new connection works at once. Over HTTP/1.1 a timeout
   * always ends the connection, too.
   */
  onSilent(session: ClientHttp2Session): void {
    if (session.destroyed) return;
    this.#ends(session, transportError("closed", "given up: nothing came from the server for a whole timeout", true));
    session.destroy();
  }

  /** Records why the connection ended. Only the first reason counts, because it explains the others. */
  #ends(session: ClientHttp2Session, reason: TransportError | null): void {
    if (this.#session === session) this.#session = null;
    if (reason !== null && !this.#reasons.has(session)) this.#reasons.set(session, reason);
  }
}
