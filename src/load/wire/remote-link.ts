/**
 * A coordinator's link to a worker on another machine. Its connection may break and come back: messages are repeated in both
 * directions until they are received. A connection that stays broken is given up; a worker that comes back later can still
 * report what it did.
 */

import type { WebSocket } from "ws";
import type { RowsAnswer, RowsAsk } from "../rows/protocol.ts";
import type { Hello, RunningState, WireToWorker } from "./envelope.ts";
import type { Link, LinkListener } from "./link.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** How long a connection may be cut. With the interval of the checks, a loss is noticed within 3 s. */
const CUT_MS = 2_500;
/** Every worker sends a message twice a second, but a worker that loads its scripts may be busy for a while. */
const SILENT_MS = 15_000;
/** Time for the last messages of a worker that is released. */
const LAST_WORDS_MS = 1_000;

export class RemoteLink implements Link {
  readonly slot: number;
  readonly gone: Promise<void>;
  /** Identifier of the worker's process; null when the slot is free. */
  id: string | null = null;
  running: RunningState | null = null;
  lineMs = 0;
  givenUp = false;
  #listener: LinkListener | null = null;
  #socket: WebSocket | null = null;
  #early: [number, FromWorker][] = [];
  readonly #sent: ToWorker[] = [];
  #heard = 0;
  #acknowledged = 0;
  #heardAtMs = 0;
  /** The newest batch of single requests that was written. */
  #requestsWritten = 0;
  #cutAtMs = 0;
  #setGone: () => void = () => undefined;

  constructor(slot: number) {
    this.slot = slot;
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
  }

  get where(): string {
    return `remote worker in slot ${this.slot}`;
  }

  /** True when the load has taken this slot, with or without a worker. */
  get taken(): boolean {
    return this.#listener !== null;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    // Deferred until the coordinator has stored this link.
    queueMicrotask(() => {
      for (const [number, message] of this.#early.splice(0)) this.hear(number, message);
    });
  }

  attach(socket: WebSocket, hello: Hello): void {
    this.#socket?.terminate();
    this.#socket = socket;
    // The messages that the worker still keeps begin at `next`; earlier ones went to a previous coordinator.
    if (this.id !== hello.id) this.#heard = hello.next - 1;
    [this.id, this.running, this.lineMs] = [hello.id, hello.running, hello.lineMs];
    this.alive();
    socket.on("close", () => {
      if (this.#socket === socket) this.#cut();
    });
    for (const [index, message] of this.#sent.entries())
      if (index >= hello.heard) reply(socket, { wire: "message", number: index + 1, message });
    this.#sendWritten();
    if (this.givenUp)
      this.#note(`the ${this.where} is back after it was given up: what it had done until then is counted`);
  }

  /** Disconnects the worker that has the slot, which must take another one. */
  vacate(): void {
    this.#socket?.terminate();
    this.#cut();
  }

  alive(): void {
    this.#heardAtMs = performance.now();
  }

  hear(number: number, message: FromWorker): void {
    if (this.#listener === null) return void this.#early.push([number, message]);
    if (number <= this.#heard) return; // a repeat after a broken connection
    const missing = number - this.#heard - 1;
    this.#heard = number;
    if (missing > 0)
      this.#note(`${missing} messages of the ${this.where} are missing: it was alone for longer than it can keep`);
    this.#listener.onMessage(message);
  }

  /** Passes on a request for rows; returns false when the load has not taken this worker. */
  askRows(ask: RowsAsk, give: (answer: RowsAnswer) => void): boolean {
    this.#listener?.onRows(ask, give);
    return this.#listener !== null;
  }

  /** True when a message was received that is not acknowledged yet. */
  get pending(): boolean {
    return this.#heard > this.#acknowledged;
  }

  /** Acknowledges all received messages, which also serves as a heartbeat for the worker. */
  acknowledge(): void {
    this.#acknowledged = this.#heard;
    if (this.#socket !== null) reply(this.#socket, { wire: "acknowledge", number: this.#heard });
  }

  /** Handles a worker that leaves by itself, after it has reported everything. */
  left(because: string): void {
    if (!this.taken || this.givenUp) return; // its slot becomes free when its connection ends, or it is already known to leave
    this.kill();
    this.#listener?.onGone(because);
  }

  /** Checks whether the connection is still alive; the gateway calls it regularly. */
  look(): void {
    const now = performance.now();
    if (this.#socket !== null && now - this.#heardAtMs > SILENT_MS) this.#socket.terminate();
    const cutMs = now - this.#cutAtMs;
    if (this.#socket !== null || !this.taken || this.givenUp || cutMs < CUT_MS) return;
    this.kill();
    this.#listener?.onGone(`its line was cut for ${Math.round(cutMs)} ms`);
  }

  send(message: ToWorker): void {
    if (message.type === "requests-written") {
      this.#requestsWritten = message.number;
      return this.#sendWritten();
    }
    this.#sent.push(message);
    if (message.type === "exit") this.givenUp = true;
    if (this.#socket !== null) reply(this.#socket, { wire: "message", number: this.#sent.length, message });
    else if (this.givenUp) this.#setGone();
  }

  whereStuck(): Promise<string | null> {
    return Promise.resolve(null);
  }

  /** Releases the worker. One that is disconnected now receives the message when it comes back. */
  kill(): void {
    if (!this.givenUp) this.send({ type: "exit" });
    const socket = this.#socket;
    if (socket === null) return this.#setGone();
    socket.close();
    setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
  }

  #note(says: string): void {
    this.#listener?.onMessage({ type: "note", says, detail: null });
  }

  #sendWritten(): void {
    const number = this.#requestsWritten;
    if (number > 0 && this.#socket !== null) reply(this.#socket, { wire: "requests-written", number });
  }

  #cut(): void {
    this.#socket = null;
    this.#cutAtMs = performance.now();
    if (this.givenUp) this.#setGone();
    if (this.taken) return;
    this.id = null; // the next worker may have the slot
    this.running = null;
    this.#early = [];
  }
}

export function reply(socket: WebSocket, message: WireToWorker): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
