/** The only door to the process: argv, environment, streams, signals, exit code, wall clock. */
import { readFileSync } from "node:fs";
import type { OutputStream, World } from "./cli.ts";
import type { Owner } from "./evidence/writer.ts";

/** The real world of this process. */
export function realWorld(): World {
  return {
    argv: process.argv.slice(2),
    self: process.argv.slice(0, 2),
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    uid: process.geteuid?.() ?? 0,
    owner: ownerOf(process.env),
    version: packageVersion(),
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    now: () => new Date(),
    onInterrupt,
    interrupt: (pid) => {
      process.kill(pid, "SIGINT");
    },
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

function onInterrupt(callback: (signal: "SIGINT" | "SIGTERM") => void): Disposable {
  const interrupt = () => callback("SIGINT");
  const terminate = () => callback("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  return {
    [Symbol.dispose]() {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", terminate);
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
  stream.on("error", () => undefined); // a reader that went away (`| head`) must not end a run in the middle of a fault
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
