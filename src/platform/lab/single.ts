/**
 * Allows one lab at a time on a machine. An abstract unix socket holds the place: the kernel releases it with the process,
 * however that ends, so that no stale file can block a new lab. A client that connects learns who holds it.
 */
import { connect, createServer, type Server } from "node:net";
import { ExitCode, GamedayError } from "../../std/errors.ts";

export interface LabHolder {
  readonly pid: number;
  /** The ISO date and time at which it began. */
  readonly since: string;
  /** The control socket; null when the lab cannot be attached to. */
  readonly control: string | null;
}

export interface Registration {
  release(): Promise<void>;
}

const NAME = "\0gameday-lab";

/** Takes the place, or throws an error that names its holder. */
export async function registerLab(control: string | null = null): Promise<Registration> {
  const holder: LabHolder = { pid: process.pid, since: new Date().toISOString(), control };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify(holder));
  });
  try {
    await listen(server);
  } catch {
    throw taken(await currentLab());
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Throws an error that names the holder when there is a lab on this machine. */
export async function demandNoLab(): Promise<void> {
  const holder = await currentLab();
  if (holder !== undefined) throw taken(holder);
}

/** Returns the holder of the lab on this machine; undefined when there is none. */
export function currentLab(): Promise<LabHolder | undefined> {
  return new Promise((resolve) => {
    const socket = connect(NAME);
    let text = "";
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on("error", () => resolve(undefined));
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("close", () => resolve(text === "" ? undefined : (JSON.parse(text) as LabHolder)));
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(NAME, () => resolve());
  });
}

function taken(holder: LabHolder | undefined): GamedayError {
  const who = holder === undefined ? "another process" : `process ${holder.pid}, since ${holder.since}`;
  return new GamedayError({
    code: "lab-already-running",
    expected: "no other lab on this machine",
    got: `one of ${who}`,
    hint: holder?.control == null ? "wait until it ends" : "use it, or end it with: gameday lab down",
    exitCode: ExitCode.notReady,
  });
}
