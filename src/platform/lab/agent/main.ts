/**
 * The agent's program: `node main.ts BOOT` under tini, as root of its namespaces. It is a separate program (not imported by
 * gameday), which is why it uses `process` directly. It uses only Node's own modules.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { OutputTail } from "../../../std/output-tail.ts";
import { findGroup, removeEmptyGroups } from "./freezer.ts";
import { processTable } from "./process.ts";
import type { AgentBoot, AgentReply, AgentRequest, RunRequest, RunResult, ServiceReport } from "./protocol.ts";
import { Service } from "./service.ts";
import { type Usage, usageOf } from "./usage.ts";

const services = new Map<string, Service>();
const OUTPUT_BYTES_MAX = 4 << 20;
const TAIL_BYTES_MAX = 4_096;

function boot(): void {
  const { socket, before, tied } = JSON.parse(process.argv[2] ?? "{}") as AgentBoot;
  // The parent holds the other end of stdin. When the parent dies in any way, this process ends, and the whole namespace with it.
  if (tied) process.stdin.on("end", () => process.exit(0)).resume();
  for (const argv of before) runFirst(argv);
  const group = findGroup();
  if (tied && group !== null) removeEmptyGroups(group); // left by labs that were killed
  rmSync(socket, { force: true });
  createServer(serve).listen(socket);
}

function runFirst(argv: readonly string[]): void {
  const [file = "", ...args] = argv;
  const { status, stderr, error } = spawnSync(file, args, { encoding: "utf8" });
  if (status === 0) return;
  console.error(`agent: "${argv.join(" ")}" failed: ${error?.message ?? stderr.trim()}`);
  process.exit(1);
}

function serve(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.on("error", () => socket.destroy()); // readline repeats its input's errors
  lines.on("line", (line) => {
    const request = JSON.parse(line) as AgentRequest & { id: number };
    if (request.op === "connect") return tunnel(socket, lines, request);
    void answer(request).then((reply) => socket.write(`${JSON.stringify(reply)}\n`));
  });
}

async function answer(request: AgentRequest & { id: number }): Promise<AgentReply> {
  try {
    return { id: request.id, ok: true, value: (await handle(request)) ?? null };
  } catch (thrown) {
    return { id: request.id, ok: false, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function handle(request: AgentRequest): Promise<unknown> {
  switch (request.op) {
    case "start":
      return start(request.spec);
    case "stop":
      return service(request.name).stop(request.graceMs);
    case "kill":
      return service(request.name).kill();
    case "crash":
      return service(request.name).crash();
    case "signal":
      return service(request.name).signal(request.signal);
    case "freeze":
      return service(request.name).freeze();
    case "thaw":
      return service(request.name).thaw();
    case "throttle":
      return service(request.name).throttle(request.share);
    case "list":
      return list();
    case "usage":
      return usage();
    case "run":
      return run(request);
    case "read":
      return readFileSync(request.path, "utf8");
    case "connect":
      throw new Error("connect is answered by the tunnel");
  }
}

function start(spec: Parameters<Service["start"]>[0]): void {
  const known = services.get(spec.name) ?? new Service(spec);
  services.set(spec.name, known);
  known.start(spec);
}

function list(): ServiceReport[] {
  const table = processTable();
  return [...services.values()].map((known) => known.report(table));
}

function usage(): Record<string, Usage> {
  const reports = list();
  return Object.fromEntries(reports.map(({ name, processes }) => [name, usageOf(processes.map(({ pid }) => pid))]));
}

function service(name: string): Service {
  const known = services.get(name);
  if (known === undefined) throw new Error(`no service "${name}" here`);
  return known;
}

function run(request: RunRequest): Promise<RunResult> {
  const [file = "", ...args] = request.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(request.env === undefined ? {} : { env: { ...request.env } }),
      ...(request.uid === undefined ? {} : { uid: request.uid }),
      ...(request.gid === undefined ? {} : { gid: request.gid }),
      cwd: request.cwd ?? "/",
      timeout: request.deadlineMs,
      killSignal: "SIGKILL",
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const tail = new OutputTail(TAIL_BYTES_MAX);
    tail.follow(child.stdout, child.stderr);
    if (request.log !== undefined) copyTo(request.log, child.stdout, child.stderr);
    child.on("error", reject);
    child.stdin.on("error", () => undefined); // EPIPE: the program did not read its input, and its exit code shows the result
    child.stdin.end(request.input ?? "");
    child.on("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr(), tail: tail.text() }));
  });
}

/** Adds what the streams bring to a file, in order of arrival. */
function copyTo(file: string, ...streams: readonly NodeJS.ReadableStream[]): void {
  const log = openSync(file, "a", 0o644);
  let open = streams.length;
  for (const stream of streams) {
    stream.on("data", (chunk: Buffer) => writeSync(log, chunk));
    stream.on("close", () => {
      open--;
      if (open === 0) closeSync(log);
    });
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    if (bytes < OUTPUT_BYTES_MAX) chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

/**
 * Tunnels a connection. The caller sends nothing after the request line until it gets the answer, so no byte of the stream is in
 * readline.
 */
function tunnel(socket: Socket, lines: { close(): void }, to: { id: number; host: string; port: number }): void {
  lines.close();
  const far = connect(to.port, to.host);
  far.on("connect", () => {
    socket.write(`${JSON.stringify({ id: to.id, ok: true, value: null })}\n`);
    socket.pipe(far);
    far.pipe(socket);
  });
  far.on("error", (error) => {
    if (far.connecting) socket.write(`${JSON.stringify({ id: to.id, ok: false, error: error.message })}\n`);
  });
  far.on("close", () => socket.end());
  socket.on("close", () => far.destroy());
}

boot();
