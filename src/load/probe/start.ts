/** Runs the probes in a process of their own. When that process dies, it is started again, and the gap is recorded. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Operation } from "../../history.ts";
import type { ProbeRate } from "../../plan.ts";
import type { Clock } from "../../std/clock.ts";
import { entryBeside } from "../../std/entry.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { fromErrorText } from "../wire/error-text.ts";
import type { FromProbes, StreamLive, ToProbes } from "./protocol.ts";

export type { StreamLive } from "./protocol.ts";

export interface ProbeOptions {
  /** Module with `export default probes([...])`. */
  readonly file: string;
  /** The plan's rate, which takes precedence over the module's own. */
  readonly rate?: ProbeRate;
  readonly baseUrl: string;
  readonly runId: string;
  /** Decides at which moment of its period each beat is sent. */
  readonly seed: string;
  readonly clock: Clock;
  readonly onOperation: (operation: Operation) => void;
  readonly onEvent: (event: TimelineEvent) => void;
  /** Set for clients on a node itself: the command that enters the node's network, and the prefix of their operations. */
  readonly inside?: { readonly enter: readonly string[]; readonly name: string };
  /** Aborting it kills the probes at once. */
  readonly signal: AbortSignal;
}

export interface ProbeHandle {
  /** Ends the beats, and resolves when every outcome has arrived. A second call is harmless. */
  stop(): Promise<void>;
  streams(): readonly StreamLive[];
  /** Resolves when the probes have ended; rejects when their process died too often to be started again. */
  readonly finished: Promise<void>;
}

const ENTRY = entryBeside(import.meta.url, "./process");
const BEGIN_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 30_000;
const GENERATIONS_MAX = 5;

/** Returns when the first beats are due. Throws GamedayError when the probes' module cannot be loaded. */
export async function startProbes(options: ProbeOptions): Promise<ProbeHandle> {
  options.signal.throwIfAborted();
  const probes = new ProbeProcess(options);
  await probes.begin();
  return probes;
}

class ProbeProcess implements ProbeHandle {
  readonly #options: ProbeOptions;
  #child: ChildProcess | null = null;
  #streams: readonly StreamLive[] = [];
  #generation = 0;
  #heardMs: number;
  #stopping: Promise<void> | null = null;
  #onBegun: () => void = () => undefined;
  #onFailed: (reason: unknown) => void = () => undefined;
  #onDone: () => void = () => undefined;

  readonly finished: Promise<void>;
  #setFinished: () => void = () => undefined;
  #setLost: (reason: unknown) => void = () => undefined;

  constructor(options: ProbeOptions) {
    this.finished = new Promise((resolve, reject) => {
      this.#setFinished = resolve;
      this.#setLost = reject;
    });
    this.finished.catch(() => undefined); // a caller that never awaits it must not crash because of it
    this.#options = options;
    this.#heardMs = options.clock.nowMs();
    options.signal.addEventListener("abort", () => this.#kill(), { once: true });
  }

  async begin(): Promise<void> {
    try {
      await this.#within("probes to begin", BEGIN_DEADLINE_MS, (resolve, reject) => {
        this.#onBegun = resolve;
        this.#onFailed = reject;
        this.#spawn();
      });
    } catch (thrown) {
      this.#stopping = Promise.resolve(); // so that the end of the process is not taken for a crash
      this.#kill();
      throw thrown;
    }
  }

  streams(): readonly StreamLive[] {
    return this.#streams;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    try {
      await this.#within("probes to end", STOP_DEADLINE_MS, (resolve) => {
        this.#onDone = resolve;
        send(child, { type: "stop" });
      });
    } finally {
      const ended = child.exitCode !== null || child.signalCode !== null;
      const gone = ended ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
      this.#kill();
      await gone;
    }
  }

  #spawn(): void {
    const { file, rate, baseUrl, runId, seed, clock, inside } = this.#options;
    const [program = process.execPath, ...before] = [...(inside?.enter ?? []), process.execPath];
    const child = spawn(program, [...before, "--disable-warning=ExperimentalWarning", ENTRY], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.#note(line.slice(0, 2_000)));
    }
    child.on("message", (message) => this.#hear(message as FromProbes));
    child.once("exit", (code, signal) => this.#ended(child, signal === null ? `exit ${code}` : `killed by ${signal}`));
    child.on("error", (error) => this.#ended(child, error.message));
    const place = { name: inside?.name ?? "probe", tellsOutages: inside === undefined };
    const job = {
      file,
      ...(rate !== undefined && { rate }),
      baseUrl,
      runId,
      seed,
      originNs: clock.originNs,
      generation: this.#generation,
      ...place,
    };
    send(child, { type: "job", job });
  }

  #hear(message: FromProbes): void {
    const { clock, onOperation, onEvent } = this.#options;
    this.#heardMs = clock.nowMs();
    if (message.type === "operations") {
      this.#streams = message.streams;
      for (const operation of message.operations) onOperation(operation);
    } else if (message.type === "gap") {
      const { source, fromMs, toMs, because } = message;
      onEvent({ atMs: clock.nowMs(), type: "gap", source, fromMs, toMs, because });
    } else if (message.type === "note") this.#note(message.says);
    else if (message.type === "begun") this.#onBegun();
    else if (message.type === "failed") this.#onFailed(fromErrorText(message.error));
    else this.#onDone();
  }

  #ended(child: ChildProcess, because: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    const { signal } = this.#options;
    if (this.#stopping !== null || signal.aborted) {
      this.#setFinished();
      if (signal.aborted) this.#onFailed(signal.reason); // whoever waits for the begin need not wait for its deadline
      return this.#onDone();
    }
    const { clock, onEvent } = this.#options;
    const atMs = clock.nowMs();
    onEvent({
      atMs,
      type: "gap",
      source: "probe",
      fromMs: this.#heardMs,
      toMs: atMs + 500,
      because: `the probes' process ended: ${because}`,
    });
    const ended = new GamedayError({
      code: "probes-ended",
      expected: "the probes' process to live",
      got: because,
      exitCode: ExitCode.unknown,
    });
    this.#onFailed(ended);
    if (++this.#generation < GENERATIONS_MAX) this.#spawn();
    else this.#setLost(ended);
  }

  #kill(): void {
    this.#child?.kill("SIGKILL");
  }

  #note(says: string): void {
    this.#options.onEvent({ atMs: this.#options.clock.nowMs(), type: "note", source: "probe", says });
  }

  #within(
    what: string,
    deadlineMs: number,
    body: (resolve: () => void, reject: (reason: unknown) => void) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new GamedayError({
              code: "probes-timed-out",
              expected: `${what} within ${deadlineMs / 1000} s`,
              got: "silence",
              exitCode: ExitCode.notReady,
            }),
          ),
        deadlineMs,
      );
      const settle = (then: () => void) => {
        clearTimeout(timer);
        then();
      };
      body(
        () => settle(resolve),
        (reason) => settle(() => reject(reason)),
      );
    });
  }
}

function send(child: ChildProcess, message: ToProbes): void {
  if (child.connected) child.send(message, () => undefined); // a failed send is reported as the process's end
}
