/** The only door to the process: argv, environment, streams, signals, exit code, wall clock. */
import { readFileSync } from "node:fs";
import type { InterruptSignal, OutputStream, World } from "./cli.ts";
import type { Owner } from "./evidence/writer.ts";
import { ExitCode, GamedayError } from "./std/errors.ts";

/** Returns the real world of this process. */
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
    isAlive: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch (thrown) {
        return (thrown as NodeJS.ErrnoException).code === "EPERM"; // it is somebody else's
      }
    },
    setExitCode: (code) => {
      process.exitCode = code;
    },
    exit: process.exit.bind(process), // bound now, because process.exit is replaced in a worker when scripts are loaded (load/script/guard.ts)
  };
}

/**
 * Returns the working folder. If it was deleted meanwhile, that is a user error and not a bug, and a command that does not
 * need it must not fail.
 */
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

/**
 * Calls back with uncaught errors, including those thrown in a promise that nobody awaited: the runtime turns them into
 * uncaught exceptions.
 */
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

/**
 * SIGHUP means that the terminal is gone. Node overrides nohup's ignoring of it, so that the two cases cannot be
 * distinguished.
 */
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

/** Returns the user who called sudo: under sudo, every written file belongs to that user. */
function ownerOf(env: NodeJS.ProcessEnv): Owner | null {
  const uid = Number(env["SUDO_UID"]);
  const gid = Number(env["SUDO_GID"]);
  const calledBySudo = process.geteuid?.() === 0 && Number.isInteger(uid) && Number.isInteger(gid) && uid > 0;
  return calledBySudo ? { uid, gid } : null;
}

function streamOf(stream: NodeJS.WriteStream): OutputStream {
  stream.on("error", outputLost);
  return {
    isTTY: stream.isTTY === true && process.env["TERM"] !== "dumb", // a dumb terminal cannot redraw a line
    get columns() {
      return stream.columns || 80; // some terminals report 0
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

let isOutputLost = false;

/**
 * Handles a failed write to the output. A closed pipe (`| head`) must not end a run while a fault is held. Any other error,
 * such as a full disk, is reported by the exit code.
 */
function outputLost({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true; // reported once: the standard error may be the stream that fails
  process.stderr.write(`gameday: expected to write the output, got ${message}\n`);
  process.once("exit", () => {
    if ((process.exitCode ?? ExitCode.pass) === ExitCode.pass) process.exitCode = ExitCode.notReady;
  });
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
