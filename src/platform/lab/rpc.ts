/**
 * Calls between a run and the daemon that hosts a lab: JSON lines over a unix socket that only its owner may open. A call may
 * report events before it is answered, and is cancelled when its caller's signal aborts.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";

type Line =
  | { readonly id: number; readonly call: string; readonly with: Json }
  | { readonly id: number; readonly cancel: true }
  | { readonly id: number; readonly event: Json }
  | { readonly id: number; readonly value: Json }
  | { readonly id: number; readonly error: WrittenError };

/** An error as it goes from one process of the lab to another. */
export interface WrittenError {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
  readonly isFinal?: boolean;
}

export type Handler = (call: string, given: Json, emit: (event: Json) => void, signal: AbortSignal) => Promise<Json>;

/** Listens for calls; `left` is called whenever a caller's connection has ended. */
export async function serveCalls(path: string, handler: Handler, left: () => void): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => serve(socket, handler, left));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

function serve(socket: Socket, handler: Handler, left: () => void): void {
  const running = new Map<number, AbortController>();
  const send = (line: Line) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
  onLines(socket, (line) => {
    if ("cancel" in line) return running.get(line.id)?.abort(new Error("the caller gave up"));
    if (!("call" in line)) return;
    const { id } = line;
    const controller = new AbortController();
    running.set(id, controller);
    handler(line.call, line.with, (event) => send({ id, event }), controller.signal)
      .then((value) => send({ id, value }))
      .catch((trouble: unknown) => send({ id, error: writeError(trouble) }))
      .finally(() => running.delete(id));
  });
  socket.on("close", () => {
    for (const controller of running.values()) controller.abort(new Error("the caller is gone"));
    left();
  });
}

interface Waiting {
  readonly event: (event: Json) => void;
  readonly settle: (line: { value: Json } | { error: WrittenError }) => void;
}

/** The calling end. */
export class Caller {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    onLines(socket, (line) => {
      if ("event" in line) this.#waiting.get(line.id)?.event(line.event);
      if ("value" in line || "error" in line) this.#waiting.get(line.id)?.settle(line);
    });
    socket.on("close", () => {
      for (const waiting of [...this.#waiting.values()]) waiting.settle({ error: gone() });
    });
  }

  static open(path: string): Promise<Caller> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once("connect", () => resolve(new Caller(socket)));
      socket.once("error", reject);
    });
  }

  /** Makes a call. Throws the callee's GamedayError, or the signal's reason. */
  call(name: string, given: Json, signal: AbortSignal, event: (event: Json) => void = () => undefined): Promise<Json> {
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const done = () => {
        this.#waiting.delete(id);
        signal.removeEventListener("abort", abort);
      };
      const abort = () => {
        done();
        if (this.#socket.writable) this.#send({ id, cancel: true });
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort);
      const settle: Waiting["settle"] = (line) => {
        done();
        if ("value" in line) resolve(line.value);
        else reject(new GamedayError(line.error));
      };
      this.#waiting.set(id, { event, settle });
      if (this.#socket.writable) this.#send({ id, call: name, with: given });
      else settle({ error: gone() });
    });
  }

  close(): void {
    this.#socket.end();
  }

  #send(line: Line): void {
    this.#socket.write(`${JSON.stringify(line)}\n`);
  }
}

function onLines(socket: Socket, receive: (line: Line) => void): void {
  socket.on("error", () => socket.destroy()); // "close" follows, and both ends act on that
  createInterface({ input: socket })
    .on("line", (line) => receive(JSON.parse(line) as Line))
    .on("error", () => socket.destroy());
}

/** Returns an error, with all its fields, in a form that can be sent; one that is no GamedayError as the lab's trouble. */
export function writeError(trouble: unknown): WrittenError {
  if (!(trouble instanceof GamedayError))
    return {
      code: "lab-trouble",
      expected: "the lab to carry it out",
      got: messageOf(trouble),
      exitCode: ExitCode.notReady,
    };
  const { code, expected, got, exitCode, hint } = trouble;
  return { code, expected, got, exitCode, ...(hint === undefined ? {} : { hint }) };
}

function gone(): WrittenError {
  const got = "its process ended";
  return { code: "lab-gone", expected: "the lab to continue", got, exitCode: ExitCode.notReady, isFinal: true };
}
