/** A target on loopback, and a load on it with everything that it reported, for tests with real worker processes. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import type { Operation } from "../../src/history.ts";
import type { Interval } from "../../src/interval.ts";
import { startLoad } from "../../src/load/coordinator/start.ts";
import type { LoadHandle } from "../../src/load.ts";
import type { LoadPlan } from "../../src/plan.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import type { TimelineEvent } from "../../src/timeline.ts";

export interface Told {
  readonly intervals: Interval[];
  readonly operations: Operation[];
  readonly events: TimelineEvent[];
}

export interface RunningLoad extends Told, AsyncDisposable {
  readonly handle: LoadHandle;
  readonly requests: () => number;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/load/${name}`, import.meta.url));
}

export function planOf(script: string, plan: Partial<LoadPlan> = {}): LoadPlan {
  return {
    scenarios: [{ file: fixture(script), weight: null }],
    executor: "constant-vus",
    stages: [{ durationMs: 0, target: 10 }],
    workers: 2,
    gracefulStopMs: 2_000,
    env: {},
    thresholds: {},
    ...plan,
  };
}

export async function target(): Promise<{ baseUrl: string; requests: () => number; close: () => void }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end("{}");
  });
  server.unref(); // A test that fails before it closes the server still ends its process.
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { baseUrl: `http://127.0.0.1:${port}`, requests: () => requests, close };
}

export async function loadOf(plan: LoadPlan): Promise<RunningLoad> {
  const aim = await target();
  const told: Told = { intervals: [], operations: [], events: [] };
  const abort = new AbortController();
  const handle = await startLoad({
    plan,
    baseUrl: aim.baseUrl,
    runId: "e2e",
    seed: "1",
    clock: monotonicClock(),
    onInterval: (interval) => told.intervals.push(interval),
    onOperation: (operation) => told.operations.push(operation),
    onEvent: (event) => told.events.push(event),
    signal: abort.signal,
  }).catch((thrown: unknown) => {
    aim.close();
    throw thrown;
  });
  const dispose = async () => {
    abort.abort();
    aim.close();
    await handle.finished.catch(() => undefined); // The test has broken this load on purpose.
  };
  return { handle, requests: aim.requests, ...told, [Symbol.asyncDispose]: dispose };
}

/** Returns the worker processes of this test, or of a command that it started, by slot. */
export function workers(parent = process.pid): number[] {
  const own = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isWorker(name, parent));
  return own.map(Number).sort((a, b) => a - b);
}

function isWorker(pid: string, of: number): boolean {
  try {
    const parent = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1];
    return parent === String(of) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("load/worker/process");
  } catch {
    return false; // The process ended during the check.
  }
}
