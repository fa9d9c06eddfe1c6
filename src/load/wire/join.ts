/**
 * A worker on another machine. It joins a coordinator, does its share, and keeps its messages until the coordinator has made
 * them durable. When the coordinator is lost, the worker continues and buffers for 10 s. A coordinator that comes back within
 * that time adopts it; otherwise the worker stops.
 */

import { randomUUID } from "node:crypto";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { pause } from "../../std/wait.ts";
import type { ProcessFigures } from "../worker/health.ts";
import { StuckGuard } from "../worker/stuck-guard.ts";
import { Worker } from "../worker.ts";
import { type ClockSample, clockOffset } from "./clock-offset.ts";
import { WIRE_VERSION, type WireFromWorker, type WireToWorker } from "./envelope.ts";
import { Line } from "./line.ts";
import { Outbox } from "./outbox.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { askByThread } from "./rows-line.ts";
import { RunMemory } from "./run-memory.ts";

export const ALONE_MS = 10_000;
const RETRY_MS = 250;
const CLOCK_QUESTIONS = 8;
/** On a slow connection the clock is measured with fewer requests, which take at most about this time. */
const CLOCK_NS_MAX = 1_000_000_000n;
/** How long a script may block its worker: loading and setup may take long, but no step of a running script may. */
const STUCK_MS = { beginning: 90_000, running: 15_000 };

export interface JoinOptions {
  /** "ws://host:port" or "http://host:port". */
  readonly url: string;
  readonly token: string;
  readonly name: string;
  /** The preferred slot; null for any. */
  readonly index: number | null;
  readonly figures: ProcessFigures;
  readonly signal: AbortSignal;
  readonly onNote: (says: string) => void;
}

export interface Joined {
  /** Works until the coordinator releases the worker. Throws GamedayError when the coordinator is lost for too long. */
  run(): Promise<void>;
  /** Reports an error that was thrown where nothing awaits it. */
  scriptTrouble(thrown: unknown): void;
}

export function joinLoad(options: JoinOptions): Joined {
  if (!/^(https?|wss?):$/.test(URL.parse(options.url)?.protocol ?? "")) throw badUrl(options.url);
  return new JoinedWorker(options);
}

class JoinedWorker implements Joined {
  readonly #options: JoinOptions;
  readonly #id = randomUUID();
  readonly #outbox = new Outbox();
  readonly #memory = new RunMemory();
  readonly #worker: Worker;
  readonly #guard = new StuckGuard();
  #line: Line | null = null;
  #samples: ClockSample[] = [];
  /** Identifier of the coordinator. */
  #gateway = "";
  /** Number of the last message from it. */
  #heard = 0;
  /** When the coordinator last sent a heartbeat, by performance.now(). */
  #heardMs = performance.now();
  #left = false;
  #refused: string | null = null;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.#worker = new Worker(
      options.figures,
      (message) => this.#tell(message),
      () => this.#leave(),
      askByThread({ url: options.url, token: options.token, id: this.#id }),
    );
  }

  scriptTrouble(thrown: unknown): void {
    this.#worker.scriptTrouble(thrown);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    this.#heardMs = performance.now();
    while (!this.#left) {
      signal.throwIfAborted();
      await this.#connection();
      signal.throwIfAborted();
      if (this.#left) return;
      // A worker that is running a load waits for its own coordinator, which may be back soon.
      if (this.#refused !== null && this.#memory.running === null) throw refused(this.#refused);
      if (performance.now() - this.#heardMs > ALONE_MS) return await this.#giveUp();
      await pause(RETRY_MS, signal);
    }
  }

  /** Opens one connection, and resolves when it has ended. */
  #connection(): Promise<void> {
    const { url, token, signal } = this.#options;
    return new Promise((resolve) => {
      this.#line = new Line(url, token, {
        onOpen: () => {
          this.#samples = [];
          this.#askClock();
        },
        onSaid: (said) => this.#hear(said),
        onRefused: (because) => {
          this.#refused = because;
        },
        onEnd: () => {
          signal.removeEventListener("abort", abort);
          resolve();
        },
      });
      const abort = () => void this.#worker.obey({ type: "exit" }); // the worker first reports the rest of what it did
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  #hear(said: WireToWorker): void {
    if (said.wire === "refused") {
      this.#refused = said.because;
      return;
    }
    if (said.wire === "clock") this.#hearClock(said);
    else if (said.wire === "acknowledge") this.#hearLife(said.number);
    else if (said.wire === "requests-written") this.#hearWritten(said.number);
    else if (said.number > this.#heard) {
      this.#heard = said.number;
      this.#obey(said.message);
    }
  }

  #hearWritten(number: number): void {
    this.#outbox.requestsWritten(number);
    void this.#worker.obey({ type: "requests-written", number });
  }

  /** Records a heartbeat. Only an acknowledgement counts as one, because only a coordinator that took this worker sends them. */
  #hearLife(number: number): void {
    this.#outbox.acknowledge(number);
    this.#heardMs = performance.now();
    this.#refused = null;
  }

  #askClock(): void {
    this.#send({ wire: "clock", sentNs: process.hrtime.bigint().toString() });
  }

  /** Measures the clock. After enough answers, sends the hello, and repeats the messages that may have been lost. */
  #hearClock({ sentNs, atNs, gateway }: Extract<WireToWorker, { wire: "clock" }>): void {
    this.#samples.push({ sentNs: BigInt(sentNs), atNs: BigInt(atNs), receivedNs: process.hrtime.bigint() });
    const askedNs = process.hrtime.bigint() - (this.#samples[0]?.sentNs ?? 0n);
    if (this.#samples.length < CLOCK_QUESTIONS && askedNs < CLOCK_NS_MAX) return this.#askClock();
    const clock = clockOffset(this.#samples.splice(0));
    this.#memory.hearClock(clock);
    if (gateway !== this.#gateway) this.#meet(gateway);
    this.#send({
      wire: "hello",
      version: WIRE_VERSION,
      id: this.#id,
      name: this.#options.name,
      index: this.#options.index,
      running: this.#memory.running,
      next: this.#outbox.next,
      heard: this.#heard,
      lineMs: (2 * Number(clock.boundNs)) / 1e6,
    });
    for (const { number, message } of this.#outbox.kept) this.#send({ wire: "message", number, message });
  }

  /** Starts over with another coordinator. Messages from before a load began mean nothing to it, so they are discarded. */
  #meet(gateway: string): void {
    this.#gateway = gateway;
    this.#heard = 0;
    if (this.#memory.running === null) this.#outbox.clear();
  }

  #obey(message: ToWorker): void {
    if (message.type === "job") this.#guard.allow(STUCK_MS.beginning);
    else if (message.type === "begin") this.#guard.allow(STUCK_MS.running);
    void this.#worker.obey(this.#memory.translated(message));
    if (message.type !== "job") return;
    const { boundMs } = this.#memory;
    const says = `clock of ${message.job.worker} is known within ${boundMs.toFixed(3)} ms`;
    this.#tell({ type: "note", says, detail: { boundMs } });
  }

  #tell(message: FromWorker): void {
    this.#memory.told(message);
    const { number } = this.#outbox.add(message);
    this.#send({ wire: "message", number, message });
  }

  #send(message: WireFromWorker): void {
    this.#line?.send(message);
  }

  #leave(): void {
    this.#left = true;
    const { signal } = this.#options;
    if (signal.aborted) this.#send({ wire: "bye", because: `it was interrupted: ${messageOf(signal.reason)}` });
    this.#line?.close();
  }

  async #giveUp(): Promise<never> {
    const working = this.#memory.running !== null;
    await this.#worker.obey({ type: "stop" });
    const none = this.#refused ?? `none for ${ALONE_MS / 1000} s`;
    throw new GamedayError({
      code: "coordinator-lost",
      expected: `a coordinator at ${this.#options.url}`,
      got: working ? `${none}: the worker has stopped its users` : none,
      hint: "is `gameday load --listen ...` running there, and reachable?",
      exitCode: ExitCode.unknown,
    });
  }
}

function badUrl(url: string): GamedayError {
  const expected = "--join as the coordinator's address, such as http://10.0.0.5:7070";
  return new GamedayError({ code: "bad-url", expected, got: JSON.stringify(url) });
}

function refused(because: string): GamedayError {
  return new GamedayError({
    code: "worker-refused",
    expected: "to be taken as a worker",
    got: because,
    exitCode: ExitCode.notReady,
  });
}
