/** Runs one coordinator, with the real command, and a thousand simulated workers that report to it every second. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../src/std/wait.ts";
import type { Part } from "../bench.ts";
import { atMost, type Goal } from "../goals.ts";
import { cpuSecondsOf, pinned } from "../measure.ts";

const WORKERS = Number(process.env["BENCH_WORKERS"] ?? 1_000);
const PORT = 18_432;
const TOKEN = "a-token-of-the-bench";
const JOIN_MS = 60_000;
const WARM_MS = 5_000;
const HERE = import.meta.dirname;

export const coordinator: Part = async (bench) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-bench-"));
  const started: ChildProcess[] = [];
  try {
    return await measured(bench.seconds, folder, started);
  } finally {
    for (const child of started) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
};

/** Runs the coordinator on core 1, like all tools, and the workers on core 0. */
async function measured(seconds: number, folder: string, started: ChildProcess[]): Promise<Goal[]> {
  const lead = spawn(...pinned(1, coordinate(folder)), { stdio: ["ignore", "pipe", "pipe"] });
  started.push(lead);
  const heard = { text: "" };
  for (const stream of [lead.stdout, lead.stderr]) {
    stream.on("data", (data: Buffer) => {
      heard.text = (heard.text + data.toString()).slice(-1_000_000);
    });
  }
  const signal = AbortSignal.timeout(JOIN_MS);
  await until(() => heard.text.includes("waiting for"), { what: "the coordinator", deadlineMs: JOIN_MS, signal });
  const peers = [process.execPath, join(HERE, "../peers/workers.ts"), `http://127.0.0.1:${PORT}`, TOKEN, `${WORKERS}`];
  started.push(spawn(...pinned(0, peers), { stdio: "inherit" }));
  const intervals = join(folder, "intervals.ndjson");
  await until(() => size(intervals) > 0, { what: `${WORKERS} workers at work`, deadlineMs: JOIN_MS, signal });
  await delay(WARM_MS); // Compilation is not part of the coordinator's work.
  const [before, beforeMs] = [cpuSecondsOf(lead.pid ?? 0), performance.now()];
  await delay(seconds * 1_000);
  const cores = (cpuSecondsOf(lead.pid ?? 0) - before) / ((performance.now() - beforeMs) / 1_000);
  await ended(lead);
  return [
    atMost(`${WORKERS} workers: cores of their coordinator`, cores, 0.5, "cores"),
    atMost(`${WORKERS} workers: seconds of workers that it missed`, missed(intervals), 0, ""),
  ];
}

function coordinate(folder: string): string[] {
  const gameday = join(HERE, "../../bin/gameday.mjs");
  const flags = ["-q", "-u", String(WORKERS * 10), "-d", "10m", "-H", "http://127.0.0.1:1", "--out", folder];
  const crew = ["--workers", String(WORKERS), "--listen", String(PORT), "--token", TOKEN];
  const threshold = ["--threshold", "http_req_duration{name:/login}: p(99) < 10000"];
  return [process.execPath, gameday, "load", join(HERE, "../scenarios/plain.ts"), ...flags, ...crew, ...threshold];
}

/** Ends the load gracefully, so that the file is complete. */
async function ended(lead: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => lead.once("exit", resolve));
  lead.kill("SIGINT");
  await Promise.race([gone, delay(30_000)]);
}

function size(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // The file does not exist yet.
  }
}

/** Counts gaps in the workers' sequences: the last sequence number of each worker must equal the number of its lines. */
function missed(file: string): number {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const lastOf = new Map<string, number>();
  for (const line of lines) {
    const { worker, sequence } = JSON.parse(line) as { worker: string; sequence: number };
    lastOf.set(worker, Math.max(lastOf.get(worker) ?? 0, sequence));
  }
  const absent = WORKERS - lastOf.size;
  return [...lastOf.values()].reduce((sum, last) => sum + last, 0) - lines.length + absent;
}
