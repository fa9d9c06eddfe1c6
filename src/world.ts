/** The only door to the process: argv, environment, streams, signals, exit code, wall clock. */
import { readFileSync } from "node:fs";
import type { InterruptSignal, OutputStream, World } from "./cli.ts";
import type { Owner } from "./evidence/writer.ts";
import { ExitCode, GamedayError } from "./std/errors.ts";

/** The real world of this process. */
export function realWorld(): World {
  return {
    argv: process.argv.slice(2),
    self: process.argv.slice(0, 2),
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    pid: process.pid,
    uid: process.geteuid?.() ?? 0,
    owner: ownerOf(process.env),
    version: packageVersion(),
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    now: () => new Date(),
    onInterrupt,
    onCrash,
    interrupt: (pid) => {
      process.kill(pid, "SIGINT");
    },
    setExitCode: (code) => {
      process.exitCode = code;
    },
    exit: process.exit.bind(process), // as it is now: a worker's script finds another
  };
}

/** A folder that was deleted under our feet is nobody's bug, and no command that needs none of it must stumble over it. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new GamedayError({
      code: "no-working-folder",
      expected: "a working folder",
      got: "none: it was deleted, or may not be read",
      hint: "cd to another folder and try again",
      cause,
    });
  }
}

const crashHandlers: ((thrown: unknown) => void)[] = [];

/** Also what was thrown in a promise that nobody awaited: the runtime makes it an uncaught exception. */
function onCrash(callback: (thrown: unknown) => void): Disposable {
  if (crashHandlers.length === 0) process.on("uncaughtException", crash);
  crashHandlers.push(callback);
  return {
    [Symbol.dispose]() {
      crashHandlers.splice(crashHandlers.lastIndexOf(callback), 1);
      if (crashHandlers.length === 0) process.off("uncaughtException", crash);
    },
  };
}

function crash(thrown: unknown): void {
  crashHandlers.at(-1)?.(thrown);
}

/** SIGHUP: the terminal is gone. Node undoes nohup's ignoring of it, so it cannot be told from a wish to go on. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function onInterrupt(callback: (signal: InterruptSignal) => void): Disposable {
  const listeners = INTERRUPTS.map((signal) => [signal, () => callback(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

/** Under sudo everything that is written belongs to the person who called. */
function ownerOf(env: NodeJS.ProcessEnv): Owner | null {
  const uid = Number(env["SUDO_UID"]);
  const gid = Number(env["SUDO_GID"]);
  const calledBySudo = process.geteuid?.() === 0 && Number.isInteger(uid) && Number.isInteger(gid) && uid > 0;
  return calledBySudo ? { uid, gid } : null;
}

function streamOf(stream: NodeJS.WriteStream): OutputStream {
  stream.on("error", outputLost);
  return {
    isTTY: stream.isTTY === true && process.env["TERM"] !== "dumb", // one that cannot redraw a line
    get columns() {
      return stream.columns || 80; // some terminals say 0
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

let isOutputLost = false;

/** A reader that went away (`| head`) must not end a run in the middle of a fault. One that is full is told by the exit code. */
function outputLost({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true; // told once: the standard error may be the full one
  process.stderr.write(`gameday: expected to write the output, got ${message}\n`);
  process.once("exit", () => {
    if ((process.exitCode ?? ExitCode.pass) === ExitCode.pass) process.exitCode = ExitCode.notReady;
  });
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
