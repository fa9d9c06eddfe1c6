/**
 * One HTTP/1.1 connection on net or tls. It carries one exchange at a time, is kept alive between exchanges, and is opened when
 * the first exchange needs it. Bytes are parsed in place, in one buffer that all connections of the process share. There is no
 * pipelining and no silent retry: the outcome of an exchange is reported exactly once, as an answer or as a failure.
 */
import type { Socket } from "node:net";
import type { TransportError } from "../../scenario.ts";
import { AdjacentAnswer, type Answer, answerApart, decodeWithin } from "./answer.ts";
import { type Body, ChunkedBody, LengthBody, UntilCloseBody } from "./body.ts";
import { Deadline } from "./deadlines.ts";
import { codingError, socketError, transportError } from "./failure.ts";
import { Head, scanHead } from "./head.ts";
import type { Network } from "./network.ts";
import { Opener, type OpenerListener, type Opening, SHARED } from "./opener.ts";
import type { Origin } from "./origin.ts";
import type { Writer } from "./outgoing.ts";
import type { HttpProxy } from "./proxy.ts";

/** One request on the wire, with the callbacks that receive its outcome. */
export interface Exchange {
  /** The head, and also the body when that is ASCII. */
  readonly text: string;
  readonly payload: Uint8Array | null;
  readonly method: string;
  /** True when the body of the answer is wanted. */
  readonly keepsBody: boolean;
  /** The request states that the connection ends with its answer. */
  readonly closes: boolean;
  readonly timeoutMs: number;
  /** The start of the exchange (performance.now()); set before the exchange is given to a connection. */
  readonly startedMs: number;
  /** Set by the connection when the request is written. */
  sentMs: number;
  /** Set by the connection: the time (performance.now()) at which the first byte of the answer was read; 0 before. */
  firstByteMs: number;
  /** Set by the connection: the number of reads in which the answer arrived so far. After a single one, receiving took no time. */
  reads: number;
  /** Set by the connection before onFailure: the number of bytes of the body that arrived. */
  bodyBytes: number;
  opening: Opening | null;
  onAnswer(answer: Answer, nowMs: number): void;
  onFailure(error: TransportError, repeatable: Repeatable): void;
}

/**
 * What may be repeated after a failure. Only reads may be when a kept connection ended before any byte of an answer, as happens
 * when the server closes an idle one. Any request may be that the server reports as not processed (RFC 9113, section 8.7):
 * because it was refused, or because its connection ended before its turn, after carrying others ("passed-over").
 */
export type Repeatable = "nothing" | "reads" | "refused" | "passed-over";

/** Something that carries exchanges to a server. */
export interface Carrier {
  /** The proxy that is sent whole URLs; null when requests contain only paths. */
  readonly asks: HttpProxy | null;
  send(exchange: Exchange): void;
  /** Closes the carrier; an exchange in flight fails as aborted. */
  close(): void;
}

const HEAD_BYTES_MAX = 65_536;
const INTERIM_ANSWERS_MAX = 32;
const NOTHING = Buffer.alloc(0);
/** Serves all connections, because an answer is passed on before the next one is read. */
const ADJACENT = new AdjacentAnswer();

export class Connection implements Carrier, OpenerListener, Writer {
  readonly origin: Origin;
  readonly asks: HttpProxy | null;
  readonly #proxy: HttpProxy | null;
  readonly #network: Network;
  readonly #deadline: Deadline;
  readonly #head = new Head();
  #opener: Opener | null = null;
  /** The socket, once it may be written to. */
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;
  #sent = false;
  #answersSeen = 0;
  #interim = 0;
  /** The bytes of a head that is not complete yet. */
  #partial: Buffer | null = null;
  /** The head of an answer whose body is still arriving. */
  #headBytes: Buffer = NOTHING;
  #body: Body | null = null;

  constructor(origin: Origin, network: Network) {
    this.origin = origin;
    this.#network = network;
    this.#deadline = new Deadline(this);
    this.#proxy = network.proxies.on(origin);
    this.asks = origin.secure ? null : this.#proxy;
  }

  get busy(): boolean {
    return this.#exchange !== null;
  }

  /** Sends one exchange; the connection must not be busy. */
  send(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#sent = false;
    this.#network.deadlines.add(this.#deadline, exchange.timeoutMs, exchange.startedMs);
    if (this.#socket !== null) this.#network.outgoing.send(this, exchange.startedMs);
    else if (this.#opener === null) this.#open(exchange);
  }

  /** Closes the connection; an exchange in flight fails as aborted. */
  close(): void {
    this.#fail(transportError("aborted", "the user was stopped", this.#sent));
    this.#drop();
  }

  #open(exchange: Exchange): void {
    const opening = new Opener(this.origin, this.#proxy, this.#network, this);
    this.#opener = opening;
    try {
      opening.start();
    } catch (thrown) {
      this.#drop();
      queueMicrotask(() => exchange === this.#exchange && this.#fail(socketError(thrown, opening.stage(false))));
    }
  }

  onReady(opener: Opener, socket: Socket, timings: Opening): void {
    if (opener !== this.#opener) return;
    this.#socket = socket;
    this.#answersSeen = 0;
    if (this.#exchange === null) return;
    this.#exchange.opening = timings;
    this.write(performance.now());
  }

  /** Writes the exchange that waits to be sent. There may be none left, because it may have been given up in the meantime. */
  write(nowMs: number): void {
    const exchange = this.#exchange;
    const socket = this.#socket;
    if (exchange === null || this.#sent || socket === null) return;
    this.#sent = true;
    exchange.sentMs = nowMs;
    if (exchange.payload === null) socket.write(exchange.text, "latin1");
    else {
      socket.cork();
      socket.write(exchange.text, "latin1");
      socket.write(exchange.payload);
      socket.uncork();
    }
  }

  onData(opener: Opener, size: number): void {
    if (opener !== this.#opener) return; // this connection was given up
    const exchange = this.#exchange;
    if (exchange === null || !this.#sent) return this.#unsolicited();
    this.#network.outgoing.reading();
    exchange.reads++;
    if (exchange.firstByteMs === 0) exchange.firstByteMs = performance.now();
    if (this.#body !== null) return this.#feed(this.#body, SHARED, 0, size);
    if (this.#partial === null) return this.#readHead(exchange, SHARED, size);
    const fresh = SHARED.subarray(0, size);
    const whole = Buffer.concat([this.#partial, fresh]);
    // Without a line end the head cannot be complete, so a head that arrives byte by byte is not scanned at every byte.
    if (fresh.includes(10)) this.#readHead(exchange, whole, whole.length);
    else this.#keepPartial(whole, 0, whole.length);
  }

  #readHead(exchange: Exchange, bytes: Buffer, size: number): void {
    this.#partial = null;
    let from = 0;
    for (;;) {
      const end = scanHead(bytes, from, size, this.#head);
      if (end < 0) return this.#malformed(this.#head.problem);
      if (end === 0) return this.#keepPartial(bytes, from, size);
      ADJACENT.at(this.#head, bytes, from, end);
      if (this.#head.status >= 200) return this.#beginBody(exchange, size);
      if (this.#head.status === 101) return this.#malformed("a change of protocol that was not asked for");
      if (++this.#interim > INTERIM_ANSWERS_MAX) return this.#malformed("too many interim answers");
      from = end;
    }
  }

  #keepPartial(bytes: Buffer, from: number, size: number): void {
    if (size - from > HEAD_BYTES_MAX) return this.#malformed(`a head of more than ${HEAD_BYTES_MAX} bytes`);
    this.#partial = Buffer.from(bytes.subarray(from, size));
  }

  /** Begins the body of the answer whose head ADJACENT has; its first bytes follow the head, up to `size`. */
  #beginBody(exchange: Exchange, size: number): void {
    const { headBytes: bytes, headFrom: from, headTo: end } = ADJACENT;
    const { status, chunked, contentLength } = this.#head;
    const length = exchange.method === "HEAD" || status === 204 || status === 304 ? 0 : chunked ? -1 : contentLength;
    const { kept } = this.#network;
    if (length >= 0 && size - end >= length) {
      ADJACENT.withBody(length, length <= kept.eachMax);
      return this.#complete(exchange, ADJACENT, size - end - length);
    }
    const keeps = exchange.keepsBody ? kept : null;
    this.#headBytes = Buffer.from(bytes.subarray(from, end));
    this.#body =
      length >= 0 ? new LengthBody(length, keeps) : chunked ? new ChunkedBody(keeps) : new UntilCloseBody(keeps);
    this.#feed(this.#body, bytes, end, size);
  }

  #feed(body: Body, bytes: Buffer, from: number, to: number): void {
    const end = body.feed(bytes, from, to);
    if (body.problem !== "") return this.#malformed(body.problem);
    if (body.whole) this.#completeBody(body, to - end);
  }

  #completeBody(body: Body, leftOver: number): void {
    const { transferCodings } = this.#head;
    let bytes = body.bytes();
    try {
      if (transferCodings !== "" && bytes !== null)
        bytes = decodeWithin(bytes, transferCodings, this.#network.kept.eachMax);
    } catch (thrown) {
      this.#drop();
      return this.#fail(codingError(thrown));
    }
    const answer = answerApart(this.#head, this.#headBytes, bytes, body.size);
    this.#complete(this.#exchange as Exchange, answer, leftOver);
  }

  #complete(exchange: Exchange, answer: Answer, leftOver: number): void {
    this.#settle();
    this.#answersSeen++;
    // Bytes beyond the answer belong to no request, so such a connection cannot be trusted with another one.
    const { head } = answer;
    const framedBadly = head.chunked && (head.contentLength >= 0 || head.isOld);
    // The server answered before it read the whole request: the next exchange would wait behind bytes that may never be read.
    const unread = (this.#socket?.writableLength ?? 0) > 0;
    if (head.close || exchange.closes || leftOver > 0 || framedBadly || unread) this.#drop();
    // An answer that arrived in one read was complete when its first byte was read.
    exchange.onAnswer(answer, exchange.reads === 1 ? exchange.firstByteMs : performance.now());
  }

  #settle(): void {
    this.#network.deadlines.remove(this.#deadline);
    this.#exchange = null;
    this.#interim = 0;
    this.#partial = null;
    if (this.#body !== null) this.#body.release();
    this.#body = null;
    this.#headBytes = NOTHING;
  }

  /** Closes and forgets the socket, so that the next exchange opens another. */
  #drop(): void {
    const opener = this.#opener;
    this.#opener = null;
    this.#socket = null;
    if (opener !== null) opener.close();
  }

  onEnd(opener: Opener, error: TransportError | null): void {
    if (opener !== this.#opener) return;
    const body = this.#body;
    if (error === null && body?.endsWithConnection === true) {
      this.#head.close = true;
      return this.#completeBody(body, 0);
    }
    const exchange = this.#exchange;
    const untouched = this.#answersSeen > 0 && exchange?.firstByteMs === 0;
    this.#drop();
    this.#fail(error ?? transportError("closed", this.#closedBecause(), this.#sent), untouched ? "reads" : "nothing");
  }

  #closedBecause(): string {
    if (this.#body !== null) return `the connection ended after ${this.#body.size} bytes of the body`;
    if (this.#partial !== null) return "the connection ended within the head of the answer";
    return "the connection ended before an answer";
  }

  #unsolicited(): void {
    if (this.#exchange === null) return this.#drop();
    this.#malformed("an answer before the request was sent");
  }

  #malformed(problem: string): void {
    this.#drop();
    this.#fail(transportError("malformed", `the answer has ${problem}`, this.#sent));
  }

  /** Fails the exchange in flight, because its deadline has passed. */
  onDue(): void {
    const exchange = this.#exchange;
    const sent = this.#sent;
    this.#drop();
    this.#fail(transportError("timeout", `no whole answer within ${exchange?.timeoutMs ?? 0} ms`, sent));
  }

  #fail(error: TransportError, repeatable: Repeatable = "nothing"): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    exchange.bodyBytes = this.#body?.size ?? 0;
    this.#settle();
    exchange.onFailure(error, repeatable);
  }
}
