/** Rows that are given out once, with real workers: unequal speeds, a lone user, a worker that dies, and workers that joined. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startLoad } from "../../src/load/coordinator/start.ts";
import type { LoadPlan } from "../../src/plan.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { freePort } from "../../src/std/free-port.fixture.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { fixture, planOf, workers } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));
const ALL = Array.from({ length: 200 }, (_, number) => number);
const signal = new AbortController().signal; // every wait has a deadline of its own

/** Starts a server that records which rows were requested. */
async function target() {
  const asked: number[] = [];
  const server = createServer((request, response) => {
    asked.push(Number(/\/row\/(\d+)/.exec(request.url ?? "")?.[1]));
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const dispose = () => {
    server.close();
    server.closeAllConnections();
  };
  return { asked, baseUrl, [Symbol.dispose]: dispose };
}

function sorted(asked: readonly number[]): number[] {
  return asked.toSorted((a, b) => a - b);
}

async function load(baseUrl: string, plan: Partial<LoadPlan>) {
  const notes: string[] = [];
  const onEvent = (event: TimelineEvent) => {
    if (event.type === "note") notes.push(event.says);
  };
  const handle = await startLoad({
    plan: planOf("rows-once.ts", plan),
    baseUrl,
    runId: "e2e",
    seed: "1",
    clock: monotonicClock(),
    onInterval: () => undefined,
    onOperation: () => undefined,
    onEvent,
    signal,
  });
  return { handle, notes };
}

test("two scripts on three workers take each row of one file once", async () => {
  using aim = await target();
  const scenarios = ["rows-once.ts", "rows-once-too.ts"].map((name) => ({ file: fixture(name), weight: null }));
  const { handle, notes } = await load(aim.baseUrl, { scenarios, workers: 3, stages: [{ durationMs: 0, target: 7 }] });
  await until(() => aim.asked.length >= 200, {
    what: "all rows",
    deadlineMs: 20_000,
    signal,
    seen: () => `${aim.asked.length}`,
  });
  await handle.stop();
  assert.deepEqual(sorted(aim.asked), ALL);
  assert.deepEqual(notes, []);
});

test("one user among three workers takes all rows", async () => {
  using aim = await target();
  const { handle } = await load(aim.baseUrl, {
    executor: "per-vu-iterations",
    iterations: 205,
    workers: 3,
    stages: [{ durationMs: 0, target: 1 }],
  });
  await until(() => aim.asked.length >= 200, {
    what: "all rows",
    deadlineMs: 40_000,
    signal,
    seen: () => `${aim.asked.length}`,
  });
  await handle.stop();
  assert.deepEqual(sorted(aim.asked), ALL);
});

test("a worker that dies loses the rows that are reported, and no row is given twice", async () => {
  using aim = await target();
  const { handle, notes } = await load(aim.baseUrl, { workers: 2, stages: [{ durationMs: 0, target: 6 }] });
  const seen = () => `${aim.asked.length}`;
  await until(() => aim.asked.length >= 60, { what: "some rows", deadlineMs: 20_000, signal, seen });
  process.kill(workers()[0] ?? 0, "SIGKILL");
  const missing = () => ALL.filter((row) => !aim.asked.includes(row)).length;
  const told = () =>
    Number(
      /^(\d+) rows? of rows-once\.csv may or may not/.exec(
        notes.find((says) => says.includes("may or may")) ?? "",
      )?.[1] ?? 0,
    );
  // The rows that its users held at that moment count as used, because it is not known whether they were.
  await until(() => missing() <= told() + 3, { what: "the other rows", deadlineMs: 20_000, signal, seen });
  await handle.stop();
  assert.equal(new Set(aim.asked).size, aim.asked.length, "no row twice");
});

test("workers that have joined take each row once", async () => {
  using aim = await target();
  const port = String(await freePort());
  const door = ["--token", "a-token-of-this-test"];
  const shape = ["-q", "-u", "5", "-d", "4s", "-H", aim.baseUrl, "--workers", "2", "--listen", port, ...door];
  const commands = [
    ["load", fixture("rows-once.ts"), fixture("rows-once-too.ts"), ...shape],
    ["worker", "--join", `http://127.0.0.1:${port}`, ...door],
    ["worker", "--join", `http://127.0.0.1:${port}`, ...door],
  ].map((argv) => {
    const child = spawn(process.execPath, [GAMEDAY, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => {
        text += data.toString();
      });
    return { child, ended: new Promise((resolve) => child.once("close", (code) => resolve([code, text]))) };
  });
  try {
    const [[code, text]] = (await Promise.all(commands.map(({ ended }) => ended))) as [[number, string]];
    assert.equal(code, 0, text);
    assert.deepEqual(sorted(aim.asked), ALL, text);
  } finally {
    for (const { child } of commands) child.kill("SIGKILL");
  }
});
