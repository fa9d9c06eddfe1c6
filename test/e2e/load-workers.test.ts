/** Workers that die, freeze or hang, as real processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../../src/std/wait.ts";
import { fixture, loadOf, planOf, type RunningLoad, target, workers } from "./load.fixture.ts";

const signal = new AbortController().signal; // every wait has a deadline of its own

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));

function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.charAt(0) ?? "";
}

function usersNow(load: RunningLoad, worker: string): number {
  return load.intervals.findLast((interval) => interval.worker === worker)?.users ?? 0;
}

function lost(load: RunningLoad) {
  return load.events.find((event) => event.type === "worker" && event.edge === "lost");
}

test("a killed worker is noticed at once, its users move to others, and the gap is named", async () => {
  await using load = await loadOf(planOf("steady.ts"));
  await until(() => usersNow(load, "w0") === 5 && usersNow(load, "w1") === 5, {
    what: "both workers at work",
    deadlineMs: 5_000,
    signal,
  });
  const [victim = 0] = workers();
  const killedMs = performance.now();
  process.kill(victim, "SIGKILL");
  await until(() => lost(load), { what: "the loss to be noticed", deadlineMs: 3_000, signal });
  await until(() => usersNow(load, "w1") === 10, { what: "its users on the other worker", deadlineMs: 5_000, signal });
  assert.ok(performance.now() - killedMs < 5_000);
  const gap = load.events.find((event) => event.type === "gap" && event.source === "load/w0");
  const lastMs = load.intervals.findLast((interval) => interval.worker === "w0")?.toMs;
  assert.equal(gap?.type === "gap" && gap.fromMs, lastMs, "from the end of what it had told");
  await load.handle.stop();
  const ids = load.operations.map((operation) => operation.id);
  assert.equal(new Set(ids).size, ids.length, "no id is given twice");
});

test("a frozen worker is given up within 3 s, and its users move within 5 s", async () => {
  await using load = await loadOf(planOf("steady.ts"));
  await until(() => usersNow(load, "w1") === 5, { what: "both workers at work", deadlineMs: 5_000, signal });
  const [victim = 0] = workers();
  const frozenMs = performance.now();
  process.kill(victim, "SIGSTOP");
  await until(() => lost(load), { what: "the loss to be noticed", deadlineMs: 4_000, signal });
  assert.ok(performance.now() - frozenMs < 3_500, `noticed after ${performance.now() - frozenMs} ms`);
  await until(() => usersNow(load, "w1") === 10, { what: "its users on the other worker", deadlineMs: 5_000, signal });
  assert.ok(performance.now() - frozenMs < 5_000, `re-placed after ${performance.now() - frozenMs} ms`);
  await load.handle.stop();
});

test("a script that loops for ever is named with its line", async () => {
  await using load = await loadOf(planOf("loops.ts", { stages: [{ durationMs: 0, target: 2 }] }));
  await until(() => lost(load), { what: "the stuck worker to be given up", deadlineMs: 8_000, signal });
  const gap = load.events.find((event) => event.type === "gap" && event.because.includes("stuck at"));
  assert.match(gap?.type === "gap" ? gap.because : "", /stuck at .*loops\.ts:13:\d+ \(spin\)/);
});

test("if all workers are lost, the load reports it", async () => {
  await using load = await loadOf(planOf("steady.ts", { workers: 1 }));
  await until(() => usersNow(load, "w0") === 10, { what: "the worker at work", deadlineMs: 5_000, signal });
  for (const pid of workers()) process.kill(pid, "SIGKILL");
  await assert.rejects(load.handle.finished, { code: "all-workers-lost" });
});

test("a worker that is killed during the teardown is reported at once", async () => {
  await using load = await loadOf(planOf("long-teardown.ts"));
  await until(() => load.intervals.length >= 2, { what: "both workers at work", deadlineMs: 5_000, signal });
  const stopped = load.handle.stop();
  const tearing = () => load.events.some((event) => event.type === "note" && event.says === "tearing down");
  await Promise.race([stopped, until(tearing, { what: "the teardown to begin", deadlineMs: 10_000, signal })]);
  process.kill(workers()[0] ?? 0, "SIGKILL");
  await assert.rejects(stopped, { code: "teardown-ended" });
});

test("a worker whose script loops for ever ends with its coordinator", async () => {
  const aim = await target();
  const load = spawn(
    process.execPath,
    [GAMEDAY, "load", fixture("loops.ts"), "-q", "-u", "2", "--workers", "1", "-d", "30s", "-H", aim.baseUrl],
    { stdio: "ignore" },
  );
  try {
    await until(() => aim.requests() > 30, { what: "the load to run", deadlineMs: 10_000, signal });
    const [worker = 0] = workers(load.pid);
    await until(() => stateOf(worker) === "R" && aim.requests() > 40, { what: "its loop", deadlineMs: 5_000, signal });
    load.kill("SIGKILL");
    await until(() => workers(load.pid).length === 0 && !existsSync(`/proc/${worker}`), {
      what: "the worker to end",
      deadlineMs: 2_000,
      signal,
    });
  } finally {
    load.kill("SIGKILL");
    aim.close();
  }
});

test("a stopped load leaves no process and loses no count", async () => {
  await using load = await loadOf(planOf("steady.ts"));
  await until(() => load.intervals.length >= 4, { what: "some seconds of load", deadlineMs: 6_000, signal });
  await load.handle.stop();
  assert.deepEqual(workers(), []);
  const counted = load.intervals
    .flatMap((interval) => interval.metrics)
    .filter(({ metric }) => metric.startsWith("http_req_duration"));
  assert.equal(
    counted.reduce((sum, { count }) => sum + count, 0),
    load.requests(),
  );
  assert.equal(load.operations.length, load.requests());
});
