/**
 * Runs commands beside each other. Each gets a folder of its own for temporary files, which is removed when all have ended, however
 * they ended: a test that is killed cannot remove its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

export interface Ended {
  /** The exit code, or 1 for a command that a signal ended. */
  readonly status: number;
  /** What it printed on both streams; empty when the output was passed on. */
  readonly output: string;
}

/** Longer than any step takes on a busy machine; a test that leaves something open would keep its process for ever. */
const STEP_MS_MAX = 600_000;
/** A command that does not end after it was interrupted is killed after this time. */
const GRACE_MS = 10_000;

/**
 * Runs the steps of each lane one after another, and the lanes beside each other. A lane ends with its first step that fails, and the
 * other lanes go on: what they find is needed as well. Returns the first exit code that is not 0.
 */
export async function runLanes(
  lanes: readonly (readonly Step[])[],
  print: (text: string) => void = (text) => process.stdout.write(text),
): Promise<number> {
  await using place = new Place("gameday-check-");
  let first = 0;
  const run = async (steps: readonly Step[], lane: number) => {
    for (const { name, argv } of steps) {
      const start = performance.now();
      const { status, output } = await place.run(argv, { folder: String(lane), msMax: STEP_MS_MAX, keepOutput: true });
      if (place.isInterrupted) return;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      print(`${output}${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)\n`);
      if (status === 0) continue;
      first ||= status;
      return;
    }
  };
  await Promise.all(lanes.map(run));
  return place.isInterrupted ? INTERRUPTED : first;
}

/** What shells report for a command that SIGINT ended. */
const INTERRUPTED = 130;

/** Where commands run: the folder for their temporary files, and the commands that are running. Disposing it ends and removes all. */
export class Place implements AsyncDisposable {
  readonly #folder: string;
  readonly #running = new Map<ChildProcess, Promise<unknown>>();
  readonly #interrupt = (signal: NodeJS.Signals) => this.#end(signal);
  isInterrupted = false;

  constructor(prefix: string) {
    this.#folder = mkdtempSync(join(tmpdir(), prefix));
    chmodSync(this.#folder, 0o755); // services of a lab, which run as users of their own, read below it
    process.on("SIGINT", this.#interrupt).on("SIGTERM", this.#interrupt);
  }

  /** Returns the path of a file or folder in the place. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Runs a command with `folder` as its TMPDIR. Without `keepOutput`, its output is passed on as it comes. */
  async run(
    [command, ...words]: readonly [string, ...string[]],
    { folder, msMax, keepOutput = false }: { folder: string; msMax?: number; keepOutput?: boolean },
  ): Promise<Ended> {
    if (this.isInterrupted) return { status: INTERRUPTED, output: "" };
    mkdirSync(this.path(folder), { recursive: true });
    const env = { ...process.env, TMPDIR: this.path(folder) };
    const pipe = keepOutput ? "pipe" : "inherit";
    const child = spawn(command, words, { env, stdio: ["ignore", pipe, pipe], ...(msMax && { timeout: msMax }) });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const ended = new Promise<Ended>((resolve) => {
      child.on("error", (error) => resolve({ status: 1, output: `${command}: ${error.message}\n` }));
      child.on("close", (code) => resolve({ status: code ?? 1, output }));
    });
    this.#running.set(child, ended);
    const result = await ended;
    this.#running.delete(child);
    return result;
  }

  #end(signal: NodeJS.Signals): void {
    this.isInterrupted = true;
    for (const child of this.#running.keys()) {
      child.kill(signal);
      setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.values());
    process.off("SIGINT", this.#interrupt).off("SIGTERM", this.#interrupt);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
