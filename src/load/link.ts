/** A coordinator's line to one worker, whatever carries it. */
import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { FromWorker, ToWorker } from "./protocol.ts";

export interface LinkListener {
  onMessage(message: FromWorker): void;
  /** A line that the worker's scripts printed. */
  onPrint(line: string): void;
  /** The line is gone, for good; told once. */
  onGone(because: string): void;
}

export interface Link {
  /** "process 1234", for people. */
  readonly where: string;
  send(message: ToWorker): void;
  /** Ends the worker now, if that is possible from here. */
  kill(): void;
  /** Resolves when the worker is gone. */
  readonly gone: Promise<void>;
}

const ENTRY = fileURLToPath(
  new URL(`./worker-process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
);

/** Starts a worker as a child process of ours. */
export function forkWorker(listener: LinkListener): Link {
  const child = fork(ENTRY, [], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => listener.onPrint(line));
  }
  child.on("message", (message) => listener.onMessage(message as FromWorker));
  const gone = new Promise<void>((resolve) => {
    const end = (because: string) => {
      listener.onGone(because);
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal === null ? `exit ${code}` : `killed by ${signal}`));
  });
  return {
    where: `process ${child.pid ?? "?"}`,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined); // a failed send is told as the worker's end
    },
    kill: () => void child.kill("SIGKILL"),
    gone,
  };
}
