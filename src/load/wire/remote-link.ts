/**
 * A coordinator's line to a worker on another machine. It may break and come back: what was said on it is said again, both ways,
 * until it was heard. A line that stays broken is given up; a worker that comes back later still hands over what it did.
 */

import type { WebSocket } from "ws";
import type { RowsAnswer, RowsAsk } from "../rows/protocol.ts";
import type { Hello, RunningState, WireToWorker } from "./envelope.ts";
import type { Link, LinkListener } from "./link.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** Noticed within 3 s. */
const CUT_MS = 2_500;
/** Every worker says something twice a second, but one that loads its scripts may be busy for a while. */
const SILENT_MS = 15_000;
/** For the last words of a worker that is let go. */
const LAST_WORDS_MS = 1_000;

export class RemoteLink implements Link {
  readonly slot: number;
  readonly gone: Promise<void>;
  /** Of the worker's process; null: the slot is free. */
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

  /** The load has taken this slot, with or without a worker. */
  get taken(): boolean {
    return this.#listener !== null;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    // In a moment, when the coordinator knows this line.
    queueMicrotask(() => {
      for (const [number, message] of this.#early.splice(0)) this.hear(number, message);
    });
  }

  attach(socket: WebSocket, hello: Hello): void {
    this.#socket?.terminate();
    this.#socket = socket;
    // What the worker still keeps begins at `next`; what came before was told to a coordinator before this one.
    if (this.id !== hello.id) this.#heard = hello.next - 1;
    [this.id, this.running, this.lineMs] = [hello.id, hello.running, hello.lineMs];
    this.alive();
    socket.on("close", () => {
      if (this.#socket === socket) this.#cut();
    });
    for (const [index, message] of this.#sent.entries())
      if (index >= hello.heard) reply(socket, { wire: "message", number: index + 1, message });
    if (this.givenUp)
      this.#note(`the ${this.where} is back after it was given up: what it had done until then is counted`);
  }

  /** Whoever has the slot must look for another. */
  vacate(): void {
    this.#socket?.terminate();
    this.#cut();
  }

  alive(): void {
    this.#heardAtMs = performance.now();
  }

  hear(number: number, message: FromWorker): void {
    if (this.#listener === null) return void this.#early.push([number, message]);
    if (number <= this.#heard) return; // a repeat after a broken line
    const missing = number - this.#heard - 1;
    this.#heard = number;
    if (missing > 0)
      this.#note(`${missing} messages of the ${this.where} are missing: it was alone for longer than it can keep`);
    this.#listener.onMessage(message);
  }

  /** False: the load has not taken this worker. */
  askRows(ask: RowsAsk, give: (answer: RowsAnswer) => void): boolean {
    this.#listener?.onRows(ask, give);
    return this.#listener !== null;
  }

  /** Whether something was heard that is not acknowledged yet. */
  get pending(): boolean {
    return this.#heard > this.#acknowledged;
  }

  /** Also tells the worker that somebody is there. */
  acknowledge(): void {
    this.#acknowledged = this.#heard;
    if (this.#socket !== null) reply(this.#socket, { wire: "acknowledge", number: this.#heard });
  }

  /** The worker goes by itself, and has told all that it had to tell. */
  left(because: string): void {
    if (!this.taken || this.givenUp) return; // its place is free when its line ends; or it is known to go
    this.kill();
    this.#listener?.onGone(because);
  }

  /** Looks whether the line is still there; often. */
  look(): void {
    const now = performance.now();
    if (this.#socket !== null && now - this.#heardAtMs > SILENT_MS) this.#socket.terminate();
    const cutMs = now - this.#cutAtMs;
    if (this.#socket !== null || !this.taken || this.givenUp || cutMs < CUT_MS) return;
    this.kill();
    this.#listener?.onGone(`its line was cut for ${Math.round(cutMs)} ms`);
  }

  send(message: ToWorker): void {
    this.#sent.push(message);
    if (message.type === "exit") this.givenUp = true;
    if (this.#socket !== null) reply(this.#socket, { wire: "message", number: this.#sent.length, message });
    else if (this.givenUp) this.#setGone();
  }

  whereStuck(): Promise<string | null> {
    return Promise.resolve(null);
  }

  /** Lets the worker go; one that cannot hear it now will when it comes back. */
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

  #cut(): void {
    this.#socket = null;
    this.#cutAtMs = performance.now();
    if (this.givenUp) this.#setGone();
    if (this.taken) return;
    this.id = null; // whoever comes next may have the slot
    this.running = null;
    this.#early = [];
  }
}

export function reply(socket: WebSocket, message: WireToWorker): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
