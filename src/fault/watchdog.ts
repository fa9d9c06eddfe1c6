/**
 * The tool's end of the watchdog: starts it as a process in a separate session, sends heartbeats, and knows whether it still
 * guards.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";

export const BEAT_EVERY_MS = 2_000;
/** The first line that the watchdog prints, once it has reached the platform. */
export const READY = "guarding";

const LAST_WORDS_MAX = 5;

export interface WatchdogOptions {
  /** The command that runs `guard` on the journal: ["node", "gameday.mjs", "watchdog", "--journal", path]. */
  readonly argv: readonly string[];
  readonly beatEveryMs?: number;
  readonly startWithinMs?: number;
  /** Called with every other line that it prints: it undid something that we had not undone. */
  readonly heard: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Disposing closes its stream of heartbeats, which means that we are done, and waits for its end. */
export interface Watchdog extends AsyncDisposable {
  /** Throws GamedayError if the watchdog has ended: nothing may be broken unguarded. */
  assertAlive(): void;
}

/**
 * Starts the watchdog and waits until it guards. Throws GamedayError, with the last lines of its standard error, if it cannot.
 */
export async function startWatchdog(options: WatchdogOptions): Promise<Watchdog> {
  const [file = "", ...args] = options.argv;
  // A separate session: neither Ctrl-C in the terminal nor the end of the terminal reaches it.
  const child = spawn(file, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const lastWords: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.on("error", (cause) => reject(notStarted(messageOf(cause))));
    child.on("close", (code) => reject(notStarted(lastWords.join("; ") || `exit ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === READY) resolve();
      else options.heard(line);
    });
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (lastWords.length < LAST_WORDS_MAX) lastWords.push(line);
  });
  child.stdin.on("error", () => undefined); // its end is detected by "exit"
  const limit = { what: "the watchdog to guard", deadlineMs: options.startWithinMs ?? 15_000, signal: options.signal };
  try {
    await withDeadline(limit, () => ready);
  } catch (thrown) {
    child.kill("SIGKILL");
    throw thrown;
  }
  return new RunningWatchdog(child, options.beatEveryMs ?? BEAT_EVERY_MS);
}

class RunningWatchdog implements Watchdog {
  readonly #child: ChildProcess;
  readonly #beats: NodeJS.Timeout;
  readonly #ended: Promise<unknown>;

  constructor(child: ChildProcess, beatEveryMs: number) {
    this.#child = child;
    this.#ended = this.#hasEnded() ? Promise.resolve() : once(child, "exit");
    this.#beats = setInterval(() => child.stdin?.write("beat\n"), beatEveryMs);
    this.#beats.unref();
    child.unref();
  }

  assertAlive(): void {
    if (!this.#hasEnded()) return;
    throw new GamedayError({
      code: "watchdog-gone",
      expected: "the watchdog to guard what is broken",
      got: `its end (${this.#child.signalCode ?? `exit ${this.#child.exitCode}`})`,
      exitCode: ExitCode.notReady,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beats);
    this.#child.stdin?.end();
    this.#child.ref(); // otherwise nothing keeps the event loop alive while its end is awaited, and Node exits with 13
    await this.#ended;
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

function notStarted(got: string): GamedayError {
  return new GamedayError({
    code: "watchdog-not-started",
    expected: "a watchdog that undoes faults when the tool dies",
    got,
    exitCode: ExitCode.notReady,
  });
}
