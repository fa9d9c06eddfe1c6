/**
 * A worker on another machine: joins a coordinator, does its share, and keeps what it told until that is safe. When the
 * coordinator is lost it works and buffers on for 10 s; one that comes back within that adopts it, else it stops.
 */
import { WebSocket } from "ws";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { pause } from "../../std/wait.ts";
import type { ProcessFigures } from "../health.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import { Worker } from "../worker.ts";
import { type ClockOffset, type ClockSample, clockOffset } from "./clock-offset.ts";
import { Outbox } from "./outbox.ts";
import { type RunningState, WIRE_VERSION, type WireFromWorker, type WireToWorker } from "./wire.ts";

export const ALONE_MS = 10_000;
const RETRY_MS = 250;
const CONNECT_DEADLINE_MS = 3_000;
const CLOCK_QUESTIONS = 8;

export interface JoinOptions {
  /** "ws://host:port" or "http://host:port". */
  readonly url: string;
  readonly token: string;
  readonly name: string;
  /** The slot that it would like; null: any. */
  readonly index: number | null;
  readonly figures: ProcessFigures;
  readonly signal: AbortSignal;
  readonly onNote: (says: string) => void;
}

/** Works until the coordinator lets it go, or is lost for too long (then it throws a GamedayError). */
export async function joinLoad(options: JoinOptions): Promise<void> {
  if (!/^(https?|wss?):$/.test(URL.parse(options.url)?.protocol ?? "")) throw badUrl(options.url);
  await new JoinedWorker(options).run();
}

class JoinedWorker {
  readonly #options: JoinOptions;
  readonly #outbox = new Outbox();
  readonly #worker: Worker;
  #socket: WebSocket | null = null;
  #running: RunningState | null = null;
  #clock: ClockOffset | null = null;
  #samples: ClockSample[] = [];
  #originNs = "";
  #slot = 0;
  #name = "";
  #runId = "";
  #left = false;
  #refused: string | null = null;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.#worker = new Worker(
      options.figures,
      (message) => this.#tell(message),
      () => this.#leave(),
    );
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    let lostMs = performance.now();
    while (!this.#left) {
      signal.throwIfAborted();
      const ended = await this.#connection();
      if (ended === "was-open") lostMs = performance.now();
      if (this.#left) return;
      if (this.#refused !== null) throw refused(this.#refused);
      if (performance.now() - lostMs > ALONE_MS) return await this.#giveUp();
      await pause(RETRY_MS, signal);
    }
  }

  /** One connection from its opening to its end. */
  #connection(): Promise<"was-open" | "never-opened"> {
    const { url, token } = this.#options;
    return new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"), {
        headers: { authorization: `Bearer ${token}` },
        handshakeTimeout: CONNECT_DEADLINE_MS,
      });
      let opened = false;
      const abort = () => socket.terminate();
      this.#options.signal.addEventListener("abort", abort, { once: true });
      socket.on("open", () => {
        opened = true;
        this.#socket = socket;
        this.#askClock();
      });
      socket.on("unexpected-response", (_request, response) => {
        if (response.statusCode === 401) this.#refused = "the token is not the coordinator's";
        socket.terminate();
      });
      socket.on("message", (data) => this.#hear(JSON.parse(String(data)) as WireToWorker));
      socket.on("error", () => undefined); // told by its close
      socket.on("close", () => {
        if (this.#socket === socket) this.#socket = null;
        this.#options.signal.removeEventListener("abort", abort);
        resolve(opened ? "was-open" : "never-opened");
      });
    });
  }

  #hear(said: WireToWorker): void {
    if (said.wire === "clock") this.#hearClock(said.sentNs, said.atNs);
    else if (said.wire === "acknowledge") this.#outbox.acknowledge(said.number);
    else if (said.wire === "refused") this.#refused = said.because;
    else void this.#worker.obey(this.#translated(said.message));
  }

  #askClock(): void {
    this.#send({ wire: "clock", sentNs: process.hrtime.bigint().toString() });
  }

  /** After enough answers the worker presents itself, and sends again what may have been lost. */
  #hearClock(sentNs: string, atNs: string): void {
    this.#samples.push({ sentNs: BigInt(sentNs), atNs: BigInt(atNs), receivedNs: process.hrtime.bigint() });
    if (this.#samples.length < CLOCK_QUESTIONS) return this.#askClock();
    this.#clock ??= clockOffset(this.#samples);
    this.#samples = [];
    this.#send({
      wire: "hello",
      version: WIRE_VERSION,
      name: this.#options.name,
      index: this.#options.index,
      running: this.#running,
      next: this.#outbox.next,
    });
    for (const { number, message } of this.#outbox.kept) this.#send({ wire: "message", number, message });
  }

  /** The run's clock on this machine, and what a coordinator that starts anew needs to know. */
  #translated(message: ToWorker): ToWorker {
    if (message.type === "job") {
      const { job } = message;
      this.#originNs = job.originNs;
      [this.#slot, this.#name, this.#runId] = [job.slot, job.worker, job.runId];
      const { offsetNs, boundNs } = this.#clock ?? { offsetNs: 0n, boundNs: 0n };
      this.#tell({
        type: "note",
        says: `clock of ${job.worker} is known within ${(Number(boundNs) / 1e6).toFixed(3)} ms`,
        detail: { boundMs: Number(boundNs) / 1e6 },
      });
      return { ...message, job: { ...job, originNs: (BigInt(job.originNs) + offsetNs).toString() } };
    }
    if (message.type === "begin") {
      const { startAtMs, epoch, data } = message;
      this.#running = {
        runId: this.#runId,
        worker: this.#name,
        slot: this.#slot,
        startAtMs,
        epoch,
        data,
        originNs: this.#originNs,
      };
    } else if (message.type === "epoch" && this.#running !== null)
      this.#running = { ...this.#running, epoch: message.epoch };
    return message;
  }

  #tell(message: FromWorker): void {
    const { number } = this.#outbox.add(message);
    this.#send({ wire: "message", number, message });
  }

  #send(message: WireFromWorker): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #leave(): void {
    this.#left = true;
    this.#socket?.close();
  }

  async #giveUp(): Promise<never> {
    await this.#worker.obey({ type: "stop" });
    throw new GamedayError({
      code: "coordinator-lost",
      expected: `a coordinator at ${this.#options.url}`,
      got: `none for ${ALONE_MS / 1000} s: the worker has stopped its users`,
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
