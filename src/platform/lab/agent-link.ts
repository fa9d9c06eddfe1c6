/**
 * The lab's end of an agent's socket. The socket is on a tmpfs of the lab and is reached through /proc/PID/root, so that no link,
 * port or file of the host is needed. One kept connection carries all requests; each tunnel has its own connection.
 */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { AgentReply, AgentRequest, RunRequest, RunResult, ServiceReport, ServiceSpec } from "./agent/protocol.ts";
import type { Usage } from "./agent/usage.ts";

const DEADLINE_MS = 10_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

export class AgentLink {
  readonly name: string;
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Promise<Socket> | null = null;
  #number = 0;

  constructor(name: string, path: string) {
    this.name = name;
    this.#path = path;
  }

  async start(spec: ServiceSpec, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "start", spec }, signal);
  }

  async stop(name: string, graceMs: number, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "stop", name, graceMs }, signal, graceMs + DEADLINE_MS);
  }

  async kill(name: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "kill", name }, signal);
  }

  async crash(name: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "crash", name }, signal);
  }

  /** Sends a signal to a service; returns the number of processes that were signalled. */
  async signal(name: string, which: NodeJS.Signals, signal: AbortSignal): Promise<number> {
    return (await this.#ask({ op: "signal", name, signal: which }, signal)) as number;
  }

  async freeze(name: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "freeze", name }, signal);
  }

  async thaw(name: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "thaw", name }, signal);
  }

  async throttle(name: string, share: { runMs: number; periodMs: number } | null, signal: AbortSignal): Promise<void> {
    await this.#ask({ op: "throttle", name, share }, signal);
  }

  async list(signal: AbortSignal): Promise<ServiceReport[]> {
    return (await this.#ask({ op: "list" }, signal)) as ServiceReport[];
  }

  /** Returns the usage of each service, by its name. */
  async usage(signal: AbortSignal): Promise<Record<string, Usage>> {
    return (await this.#ask({ op: "usage" }, signal)) as Record<string, Usage>;
  }

  async read(path: string, signal: AbortSignal): Promise<string> {
    return (await this.#ask({ op: "read", path }, signal)) as string;
  }

  async tryRun(request: RunRequest, signal: AbortSignal): Promise<RunResult> {
    return (await this.#ask({ op: "run", ...request }, signal, request.deadlineMs + DEADLINE_MS)) as RunResult;
  }

  /** Runs argv inside to its end and returns its stdout. Throws when it does not exit with 0. */
  async run(argv: readonly string[], signal: AbortSignal, more: Partial<RunRequest> = {}): Promise<string> {
    const result = await this.tryRun({ deadlineMs: DEADLINE_MS, ...more, argv }, signal);
    if (result.code === 0) return result.stdout;
    const said = result.tail.trim().slice(-600);
    throw this.#error("lab-command-failed", `"${argv.join(" ")}" to exit 0 in ${this.name}`, said || `${result.code}`);
  }

  /** Opens a raw stream to an address as seen from inside. */
  async dial(host: string, port: number, signal: AbortSignal, deadlineMs = 2_000): Promise<Duplex> {
    const socket = await this.#open(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
    const reply = await firstLine(
      socket,
      `${JSON.stringify({ id: 0, op: "connect", host, port })}\n`,
      AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    );
    if (reply.ok) return socket;
    socket.destroy();
    throw this.#error("lab-no-connection", `a connection from ${this.name} to ${host}:${port}`, reply.error);
  }

  close(): void {
    void this.#socket?.then((socket) => socket.destroy()).catch(() => undefined);
    this.#socket = null;
  }

  async #ask(request: AgentRequest, signal: AbortSignal, deadlineMs = DEADLINE_MS): Promise<unknown> {
    const both = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    both.throwIfAborted();
    const socket = await this.#kept(both);
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      const abort = () => settle(() => reject(both.reason));
      const settle = (end: () => void) => {
        this.#waiting.delete(id);
        both.removeEventListener("abort", abort);
        end();
      };
      both.addEventListener("abort", abort);
      this.#waiting.set(id, {
        resolve: (value) => settle(() => resolve(value)),
        reject: (reason) => settle(() => reject(reason)),
      });
      socket.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  #kept(signal: AbortSignal): Promise<Socket> {
    this.#socket ??= this.#open(signal).then(
      (socket) => this.#listen(socket),
      (trouble: unknown) => {
        this.#socket = null;
        throw trouble;
      },
    );
    return this.#socket;
  }

  #listen(socket: Socket): Socket {
    createInterface({ input: socket })
      .on("line", (line) => this.#answered(JSON.parse(line) as AgentReply))
      .on("error", () => socket.destroy()); // readline repeats its input's errors; the "close" handler acts on them
    socket.on("close", () => this.#lost());
    return socket;
  }

  #answered(reply: AgentReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(this.#error("lab-agent-refused", `the agent of ${this.name} to carry it out`, reply.error));
  }

  #lost(): void {
    this.#socket = null;
    for (const waiting of [...this.#waiting.values()])
      waiting.reject(this.#error("lab-agent-gone", `an answer of the agent of ${this.name}`, "its connection ended"));
  }

  #open(signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#path);
      const abort = () => socket.destroy(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      const done = () => signal.removeEventListener("abort", abort);
      socket.once("close", done);
      socket.once("connect", () => {
        done(); // from here on the connection is kept for requests other than the one that opened it
        resolve(socket);
      });
      socket.on("error", (error) =>
        reject(this.#error("lab-agent-gone", `the agent of ${this.name} to listen`, error.message)),
      );
    });
  }

  #error(code: string, expected: string, got: string): GamedayError {
    return new GamedayError({ code, expected, got, exitCode: ExitCode.notReady });
  }
}

/** Sends one line and reads one line back, byte by byte, leaving the rest of the stream untouched. */
function firstLine(socket: Socket, line: string, signal: AbortSignal): Promise<AgentReply> {
  return new Promise((resolve, reject) => {
    let text = "";
    const done = (end: () => void) => {
      socket.off("data", read);
      socket.off("close", closed);
      signal.removeEventListener("abort", abort);
      end();
    };
    const abort = () => {
      socket.destroy();
      done(() => reject(signal.reason));
    };
    const closed = () => done(() => reject(new Error("the connection ended")));
    const read = (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.pause();
      const rest = Buffer.from(text.slice(end + 1), "latin1");
      if (rest.length > 0) socket.unshift(rest);
      done(() => resolve(JSON.parse(text.slice(0, end)) as AgentReply));
    };
    signal.addEventListener("abort", abort);
    socket.on("close", closed);
    socket.on("data", read);
    socket.write(line);
  });
}
