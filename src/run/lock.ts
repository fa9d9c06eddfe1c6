/**
 * Allows one run at a time on a machine: the process that listens on the lock's name holds the lock. The kernel releases it
 * when the process ends, however it ends, so that no stale lock can exist. A second process can connect and receives a
 * description of the holder. Runs that do not disturb each other (of platforms that may exist many times) share the lock: each
 * holds a place of its own, where it can be found.
 */
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, GamedayError } from "../std/errors.ts";

export interface Holder {
  readonly pid: number;
  readonly runId: string;
  /** ISO time, UTC. */
  readonly since: string;
}

/** The most runs that may share a lock. */
const SHARED_MAX = 32;
const ASK_MS_MAX = 2_000;
const ANSWER_BYTES_MAX = 4096;

/** Takes the lock, or throws an error that names the holder. Disposing releases it. */
export async function takeLock(name: string, holder: Holder): Promise<AsyncDisposable> {
  return (await tryLock(name, holder)) ?? Promise.reject(refused(await askHolder(name)));
}

/** Takes a place of the lock beside all others that share it. Throws if all places are taken. */
export async function takeSharedLock(name: string, holder: Holder): Promise<AsyncDisposable> {
  for (const place of placesOf(name)) {
    const lock = await tryLock(place, holder);
    if (lock !== null) return lock;
  }
  throw new GamedayError({
    code: "too-many-runs",
    expected: `fewer than ${SHARED_MAX} runs at a time`,
    got: `${SHARED_MAX}`,
    hint: "end one with `gameday stop`",
    exitCode: ExitCode.notReady,
  });
}

/** Returns all holders of the lock, whether it is held alone or shared. */
export async function askHolders(name: string): Promise<Holder[]> {
  const holders = await Promise.all([name, ...placesOf(name)].map(askHolder));
  return holders.filter((holder) => holder !== null);
}

/** Returns "run 20260101-... (process 4711, since ...)". */
export function sayHolder({ runId, pid, since }: Holder): string {
  return `run ${runId} (process ${pid}, since ${since})`;
}

function placesOf(name: string): string[] {
  return Array.from({ length: SHARED_MAX }, (_, place) => `${name}-${place + 1}`);
}

/** Takes the lock; returns null if another process holds it. */
async function tryLock(name: string, holder: Holder): Promise<AsyncDisposable | null> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify(holder));
  });
  try {
    await listen(server, addressOf(name));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EADDRINUSE") throw thrown;
    return null;
  }
  server.unref();
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** Returns the holder of the lock, or null if nobody holds it. */
export function askHolder(name: string): Promise<Holder | null> {
  return new Promise((resolve) => {
    const socket = connect(addressOf(name));
    let answer = "";
    socket.setTimeout(ASK_MS_MAX, () => socket.destroy());
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      answer += text;
      if (answer.length > ANSWER_BYTES_MAX) socket.destroy();
    });
    socket.on("error", () => resolve(null));
    socket.on("close", () => resolve(parseHolder(answer)));
  });
}

function parseHolder(answer: string): Holder | null {
  try {
    const value = JSON.parse(answer) as Partial<Holder>;
    const { pid, runId, since } = value;
    return typeof pid === "number" && typeof runId === "string" && typeof since === "string"
      ? { pid, runId, since }
      : null;
  } catch {
    return null; // the caller reports this as "another one that does not say who it is"
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path }, () => resolve());
  });
}

/**
 * Returns the address of the lock's socket. Linux has abstract names that are not files; other systems use a socket in the
 * folder for temporary files.
 */
function addressOf(name: string): string {
  return process.platform === "linux" ? `\0gameday/${name}` : join(tmpdir(), `gameday-${name}.sock`);
}

function refused(holder: Holder | null): GamedayError {
  const who = holder === null ? "another run that does not identify itself" : sayHolder(holder);
  return new GamedayError({
    code: "run-in-progress",
    expected: "no other run on this machine",
    got: who,
    hint: "wait for it, or end it with `gameday stop`",
    exitCode: ExitCode.notReady,
  });
}
