/** Both ends of a run's control socket: the run listens, and the dashboard or the command line sends one command at a time. */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { ControlCommand, ControlReply } from "../control.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";

const LINE_BYTES_MAX = 256 * 1024;
/** A dry run asks the platform for its topology, and that may take its time. */
const REPLY_MS_MAX = 30_000;
/** The kernel's limit for the path of a socket, less its final zero. */
const PATH_BYTES_MAX = 107;
const CONNECTIONS_MAX = 16;

/** Returns the path of a run's socket in the state folder. Run ids are hashed, because the kernel limits the path's length. */
export function controlPath(stateFolder: string, runId: string): string {
  const name = createHash("sha256").update(runId).digest("hex").slice(0, 16);
  return join(stateFolder, "control", `${name}.sock`);
}

/** Listens for commands. Throws the system's error, or a GamedayError if the state folder's path is too long for a socket. */
export async function listenForControl(
  path: string,
  follow: (command: ControlCommand) => Promise<ControlReply>,
): Promise<AsyncDisposable> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw tooLong(path);
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true }); // left by a process that was killed; run ids are never used twice
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serve(socket, follow);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroySoon();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(path, { force: true });
    },
  };
}

/** Sends a command and returns the reply. Throws GamedayError if nobody listens or the reply does not come in time. */
export async function sendControl(path: string, command: ControlCommand): Promise<ControlReply> {
  const socket = connect(path);
  socket.setTimeout(REPLY_MS_MAX, () => socket.destroy(new Error(`no reply within ${REPLY_MS_MAX / 1000} s`)));
  try {
    socket.write(`${JSON.stringify(command)}\n`);
    for await (const line of linesOf(socket)) return JSON.parse(line) as ControlReply;
    throw new Error("the connection ended without a reply");
  } catch (cause) {
    throw notListening(messageOf(cause), cause);
  } finally {
    socket.destroy();
  }
}

/** "gone": certainly nobody listens there. "unknown": it could not be found out, such as where the file may not be used. */
export type SocketState = "listens" | "gone" | "unknown";

/** The errors of a connection that mean that no process has the socket. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK"]);

/** Finds out whether a process listens at the path now. */
export function lookAtSocket(path: string): Promise<SocketState> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (state: SocketState) => {
      socket.destroy();
      resolve(state);
    };
    socket.once("connect", () => answer("listens"));
    // EAGAIN: more callers wait than the system lets wait, so somebody does listen.
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      answer(code === "EAGAIN" ? "listens" : GONE.has(code) ? "gone" : "unknown"),
    );
  });
}

async function serve(socket: Socket, follow: (command: ControlCommand) => Promise<ControlReply>): Promise<void> {
  socket.on("error", () => socket.destroy());
  socket.setTimeout(REPLY_MS_MAX, () => socket.destroy());
  try {
    // Not at the start of the process, because few runs are changed by hand, and a load must begin at once.
    const { parseCommand } = await import("./command.ts");
    for await (const line of linesOf(socket)) {
      const command = parseCommand(line);
      const reply = "refusal" in command ? command : await follow(command);
      if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
    }
  } catch {
    socket.destroy(); // a line that is too long, or a connection that broke
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let rest = "";
  socket.setEncoding("utf8");
  for await (const text of socket as AsyncIterable<string>) {
    rest += text;
    if (rest.length > LINE_BYTES_MAX) throw new Error("a line that is too long");
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function notListening(got: string, cause: unknown): GamedayError {
  return new GamedayError({
    code: "no-control-socket",
    expected: "the run to listen to controls",
    got,
    hint: "`gameday stop` ends it from a terminal",
    exitCode: ExitCode.notReady,
    cause,
  });
}

function tooLong(path: string): GamedayError {
  return new GamedayError({
    code: "control-path-too-long",
    expected: `a state folder with a path short enough for a socket (${PATH_BYTES_MAX} bytes in all)`,
    got: `${Buffer.byteLength(path)} bytes`,
    hint: "set GAMEDAY_STATE to a shorter path",
    exitCode: ExitCode.notReady,
  });
}
