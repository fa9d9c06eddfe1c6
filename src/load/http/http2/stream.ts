/** One exchange on a stream of an HTTP/2 connection; what became of it is told exactly once. */
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

/** What a stream asks of the connection that carries it. */
export interface StreamOwner {
  readonly origin: Origin;
  /** Why that session ended; null: it has not, or nobody knows. */
  reasonFor(session: ClientHttp2Session): TransportError | null;
  /** The last stream that its server said it would work on; Infinity when it said nothing. */
  lastStreamOf(session: ClientHttp2Session): number;
  /** True when that session has answered before. */
  hasServed(session: ClientHttp2Session): boolean;
  onSettled(stream: Http2Stream): void;
  /** A whole timeout has passed in which nothing came from that session's server. */
  onSilent(session: ClientHttp2Session): void;
}

/** Bytes of all streams that the server has sent on it; -1 when it has ended. */
function bytesFrom(session: ClientHttp2Session | null): number {
  return session === null || session.destroyed ? -1 : session.socket.bytesRead;
}

/** RST_STREAM by which we give up. */
const CANCEL = 8;

export class Http2Stream {
  readonly exchange: Exchange;
  session: ClientHttp2Session | null = null;
  readonly #network: Network;
  readonly #owner: StreamOwner;
  readonly #deadline = new Deadline(this);
  readonly #body: Pieces;
  #endedMs = 0;
  /** What had come on the connection when this was sent, and when the answer began. */
  #bytesAtSend = 0;
  #bytesAtAnswer = 0;
  #stream: ClientHttp2Stream | null = null;
  #headers: (IncomingHttpHeaders & IncomingHttpStatusHeader) | null = null;
  #error: NodeJS.ErrnoException | null = null;
  /** We gave up sending, because the answer is complete. */
  #cutOff = false;
  #settled = false;

  constructor(exchange: Exchange, network: Network, owner: StreamOwner) {
    this.exchange = exchange;
    this.#network = network;
    this.#owner = owner;
    this.#body = new Pieces(exchange.keepsBody ? network.kept : null);
    network.deadlines.add(this.#deadline, exchange.timeoutMs, exchange.startedMs);
  }

  /** Sends it. `timings`: of the connection, if it was opened for this exchange. */
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
      // A connection that takes no more streams by now: this one was never on its way.
      this.fail(transportError("closed", messageOf(thrown), false), "refused");
    }
  }

  /** Ends it without an answer. */
  fail(error: TransportError, repeatable: Repeatable = "nothing"): void {
    if (this.#settled) return;
    this.#settle();
    this.#stream?.close(CANCEL);
    this.exchange.bodyBytes = this.#body.size;
    this.#body.release();
    this.exchange.onFailure(error, repeatable);
  }

  /** The deadline of the exchange has passed. */
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

  /** More of the answer than came in the read that began it. */
  #more(): void {
    if (bytesFrom(this.session) !== this.#bytesAtAnswer) this.exchange.reads = 2;
  }

  #take(chunk: Buffer): void {
    this.#more();
    this.#body.keep(chunk, 0, chunk.length);
  }

  /** The server has said all: what we still had to say does not matter to it. Whether it is whole, the close tells. */
  #ended(): void {
    this.#more();
    this.#endedMs = this.exchange.reads === 1 ? this.exchange.firstByteMs : performance.now();
    if (this.#headers === null || this.#stream?.writableFinished !== false) return;
    this.#cutOff = true;
    this.#stream.close(CANCEL); // any milder code would wait until the server takes the rest
  }

  /** Why a connection ended is known a little later than that its streams did. */
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

  /** What the server has not worked on may be sent again, whatever it is (RFC 9113, 8.7). */
  #repeatable(code: number): Repeatable {
    const { session } = this;
    if (session === null || this.exchange.firstByteMs > 0) return "nothing";
    const last = this.#owner.lastStreamOf(session);
    // One without a number waited for its turn within node:http2 when the connection ended.
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
