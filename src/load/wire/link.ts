/** A coordinator's link to one worker, independent of its transport. */
import { fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { entryBeside } from "../../std/entry.ts";
import { endOf, isOutOfMemory } from "../coordinator/complaints.ts";
import { answerOnPipe, ROWS_DESCRIPTOR } from "../rows/pipe.ts";
import type { RowsAnswer, RowsAsk } from "../rows/protocol.ts";
import { dyingWithUs } from "./die-with-us.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { inspectorUrl, whereStuck } from "./stuck.ts";

/**
 * Node's flags for a worker. Its inspector has a port of its own, in case it is woken to report where a script is stuck. Its
 * heap is collected a little earlier: 10,000 users that only wait took 175 MB instead of 199 MB, without measurable CPU time.
 */
const EXEC_ARGV = [
  "--disable-warning=ExperimentalWarning",
  "--inspect-port=127.0.0.1:0",
  "--max-semi-space-size=8",
  "--heap-growing-percent=50",
];

/** Time for a worker to wake its inspector. */
const INSPECTOR_MS = 1_000;

/** Time for the last lines of a worker that has ended; processes that it started may keep its output open for longer. */
const LAST_WORDS_MS = 200;

export interface LinkListener {
  onMessage(message: FromWorker): void;
  /** Called with a line that the worker's scripts printed. */
  onPrint(line: string): void;
  /** Called when the worker requests rows of a feeder; it is blocked until it has the answer. */
  onRows(ask: RowsAsk, give: (answer: RowsAnswer) => void): void;
  /** Called once, when the link has ended for good. */
  onGone(because: string): void;
}

export interface Link {
  /** "process 1234", for people. */
  readonly where: string;
  /** Round-trip time of the link, in ms; absent when it is negligible. */
  readonly lineMs?: number;
  send(message: ToWorker): void;
  /** Resolves with the place where its script is stuck, for people; null when that cannot be determined from here. */
  whereStuck(): Promise<string | null>;
  /** Ends the worker now, if that is possible from here. */
  kill(): void;
  /** Resolves when the worker is gone. */
  readonly gone: Promise<void>;
}

const ENTRY = entryBeside(import.meta.url, "../worker/process");

/** Starts a worker as a child process of ours. */
export function forkWorker(listener: LinkListener): Link {
  const child = fork(ENTRY, [], {
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    // The worker uses the compile cache of this process, so it is ready in half the time.
    env: { ...process.env, ...cacheOfCode() },
    ...dyingWithUs(EXEC_ARGV),
  });
  const inspector = Promise.withResolvers<string>();
  let outOfMemory = false;
  const print = (line: string) => {
    const url = inspectorUrl(line);
    outOfMemory ||= isOutOfMemory(line);
    if (url !== null) inspector.resolve(url);
    else if (!/^(Debugger (attached|ending)|For help, see: https:\/\/nodejs|Starting inspector)/.test(line))
      listener.onPrint(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", print);
  }
  answerOnPipe(child.stdio[ROWS_DESCRIPTOR] as Duplex, (ask, give) => listener.onRows(ask, give));
  child.on("message", (message) => listener.onMessage(message as FromWorker));
  const gone = new Promise<void>((resolve) => {
    const end = (because: string) => {
      listener.onGone(because);
      resolve();
    };
    child.once("error", (error) => end(error.message));
    const closed = new Promise((told) => child.once("close", told));
    child.once("exit", async (code, signal) => {
      await Promise.race([closed, delay(LAST_WORDS_MS)]);
      end(endOf(code, signal, outOfMemory));
    });
  });
  return {
    where: `process ${child.pid ?? "?"}`,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined); // a failed send is reported as the worker's end
    },
    whereStuck: async () => {
      child.kill("SIGUSR1");
      const url = await Promise.race([inspector.promise, delay(INSPECTOR_MS, null, { ref: false })]);
      return url === null ? null : whereStuck(url);
    },
    kill: () => void child.kill("SIGKILL"),
    gone,
  };
}

function cacheOfCode(): { NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
