/** One exchange on a stream of an HTTP/2 connection. Its outcome is reported exactly once. */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import type { TransportError } from "../../../scenario.ts";
import { messageOf } from "../../../std/errors.ts";
import { Pieces } from "../body.ts";
import type { Exchange, Repeatable } from "../connection.ts";
import { Deadline } from "../deadlines.ts";
import { transportError } from "../failure.ts";
import type { Network } from "../network.ts";
import type { Opening } from "../opener.ts";
import type { Origin } from "../origin.ts";
import { REFUSED_STREAM, sessionError, streamReset } from "./failure.ts";
import { answerOf, requestOf } from "./translate.ts";

/** What a stream needs from the connection that carries it. */
export interface StreamOwner {
  readonly origin: Origin;
  /** Returns why that session ended; null when it has not ended, or when the reason is unknown. */
  reasonFor(session: ClientHttp2Session): TransportError | null;
  /** Returns the last stream that the session's server declared it would process; Infinity when it declared none. */
  lastStreamOf(session: ClientHttp2Session): number;
  /** Returns true when that session has answered before. */
  hasServed(session: ClientHttp2Session): boolean;
  onSettled(stream: Http2Stream): void;
  /** Is called when nothing arrived from that session's server for a whole timeout. */
  onSilent(session: ClientHttp2Session): void;
}

/** Returns the number of bytes that the server has sent on the session, for all streams; -1 when it has ended. */
function bytesFrom(session: ClientHttp2Session | null): number {
  return session === null || session.destroyed ? -1 : session.socket.bytesRead;
}

/** The error code of the RST_STREAM that we send to give up a stream. */
const CANCEL = 8;

export class Http2Stream {
  readonly exchange: Exchange;
  session: ClientHttp2Session | null = null;
  readonly #network: Network;
  readonly #owner: StreamOwner;
  readonly #deadline = new Deadline(this);
  readonly #body: Pieces;
  #endedMs = 0;
  /** The bytes that had arrived on the connection when the request was sent, and when the answer began. */
  #bytesAtSend = 0;
  #bytesAtAnswer = 0;
  #stream: ClientHttp2Stream | null = null;
  #headers: (IncomingHttpHeaders & IncomingHttpStatusHeader) | null = null;
  #error: NodeJS.ErrnoException | null = null;
  /** True when we stopped sending because the answer is complete. */
  #cutOff = false;
  #settled = false;

  constructor(exchange: Exchange, network: Network, owner: StreamOwner) {
    this.exchange = exchange;
    this.#network = network;
    this.#owner = owner;
    this.#body = new Pieces(exchange.keepsBody ? network.kept : null);
    network.deadlines.add(this.#deadline, exchange.timeoutMs, exchange.startedMs);
  }

  /** Sends the request. `timings` are those of the connection, if it was opened for this exchange. */
  begin(session: ClientHttp2Session, timings: Opening | null): void {
    if (this.#settled) return;
    const { exchange } = this;
    exchange.opening = timings;
    exchange.sentMs = performance.now();
    try {
      const { headers, body } = requestOf(exchange, this.#owner.origin);
      this.session = session;
      this.#bytesAtSend = bytesFrom(session);
      this.#stream = session.request(headers, { endStream: body === null });
      this.#listen(this.#stream);
      if (body !== null) this.#stream.end(body);
    } catch (thrown) {
      // The connection accepts no more streams by now, so this one was never sent.
      this.fail(transportError("closed", messageOf(thrown), false), "refused");
    }
  }

  /** Ends the exchange without an answer. */
  fail(error: TransportError, repeatable: Repeatable = "nothing"): void {
    if (this.#settled) return;
    this.#settle();
    this.#stream?.close(CANCEL);
    this.exchange.bodyBytes = this.#body.size;
    this.#body.release();
    this.exchange.onFailure(error, repeatable);
  }

  /** Fails the exchange, because its deadline has passed. */
  onDue(): void {
    const { session, sent } = this;
    const silent = sent && bytesFrom(session) === this.#bytesAtSend;
    this.fail(transportError("timeout", `no whole answer within ${this.exchange.timeoutMs} ms`, sent));
    if (silent && session !== null) this.#owner.onSilent(session);
  }

  get sent(): boolean {
    return this.#stream !== null;
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("response", (headers) => {
      this.#seen();
      this.#headers = headers;
    });
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("end", () => this.#ended());
    stream.on("error", (error) => {
      this.#error = error;
    });
    stream.on("close", () => this.#closed(stream));
  }

  #seen(): void {
    if (this.exchange.firstByteMs > 0) return;
    this.exchange.firstByteMs = performance.now();
    this.exchange.reads = 1;
    this.#bytesAtAnswer = bytesFrom(this.session);
  }

  /** Notes whether more bytes have arrived since the read that began the answer. */
  #more(): void {
    if (bytesFrom(this.session) !== this.#bytesAtAnswer) this.exchange.reads = 2;
  }

  #take(chunk: Buffer): void {
    this.#more();
    this.#body.keep(chunk, 0, chunk.length);
  }

  /** Stops sending, because the server has sent its whole answer. The close event shows whether the answer is complete. */
  #ended(): void {
    this.#more();
    this.#endedMs = this.exchange.reads === 1 ? this.exchange.firstByteMs : performance.now();
    if (this.#headers === null || this.#stream?.writableFinished !== false) return;
    this.#cutOff = true;
    this.#stream.close(CANCEL); // with NO_ERROR, node:http2 would wait until the server takes the rest
  }

  /** Reports the outcome. The reason why a connection ended is known a little later than the end of its streams. */
  #closed(stream: ClientHttp2Stream): void {
    if (this.#settled) return;
    if ((stream.rstCode === 0 || this.#cutOff) && this.#endedMs > 0 && this.#headers !== null)
      return this.#answer(this.#headers);
    setImmediate(() => setImmediate(() => this.#lost(stream.rstCode)));
  }

  #answer(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const answer = answerOf(headers, this.#body.join(), this.#body.size);
    this.#body.release();
    this.#settle();
    this.exchange.onAnswer(answer, this.#endedMs);
  }

  #lost(code: number): void {
    const { session } = this;
    const ofSession = session === null ? null : this.#owner.reasonFor(session);
    const repeatable = this.#repeatable(code);
    const error = this.#error;
    if (ofSession !== null) this.fail(ofSession, repeatable);
    else if (error !== null && error.code !== "ERR_HTTP2_STREAM_ERROR") this.fail(sessionError(error), repeatable);
    else if (code !== 0 && session?.destroyed !== true) this.fail(streamReset(code), repeatable);
    else this.fail(transportError("closed", "the connection ended before a whole answer", true), repeatable);
  }

  /** Returns what may be repeated: any request that the server has not processed may be sent again (RFC 9113, section 8.7). */
  #repeatable(code: number): Repeatable {
    const { session } = this;
    if (session === null || this.exchange.firstByteMs > 0) return "nothing";
    const last = this.#owner.lastStreamOf(session);
    // A stream without a number was still queued in node:http2 when the connection ended.
    const id = this.#stream?.id ?? Number.POSITIVE_INFINITY;
    if (id > last) return last > 0 ? "passed-over" : "refused";
    if (code === REFUSED_STREAM) return "refused";
    return this.#owner.hasServed(session) ? "reads" : "nothing";
  }

  #settle(): void {
    this.#settled = true;
    this.#network.deadlines.remove(this.#deadline);
    this.#owner.onSettled(this);
  }
}
