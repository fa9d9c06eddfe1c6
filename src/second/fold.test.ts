import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import { aSecond } from "../interval/interval.fixture.ts";
import type { MetricDelta } from "../interval.ts";
import type { Second } from "../second.ts";
import { Histogram } from "../std/histogram.ts";
import { SecondFold } from "./fold.ts";

function series(metric: string, valuesMs: readonly number[], failed = 0): MetricDelta {
  const histogram = new Histogram();
  for (const value of valuesMs) histogram.record(value);
  return { metric, failed, ...histogram.snapshot() };
}

const ANSWERED = "http_req_duration{name:home,scenario:s}";
const FAILED = "http_req_duration{error:http-503,expected_response:false,name:home,scenario:s}";

/** Adds a report of `worker` that ends at `toMs`, after a whole second. */
function report(fold: SecondFold, worker: string, toMs: number, metrics: readonly MetricDelta[] = [], users = 1): void {
  fold.interval(aSecond({ worker, sequence: Math.round(toMs), fromMs: toMs - 1_000, toMs, metrics, users }));
}

function beat(fold: SecondFold, sentMs: number, isOk: boolean, connection: "kept" | "fresh" = "kept"): void {
  const outcome: Operation["outcome"] = isOk ? { type: "ok", output: null } : { type: "unknown", code: "timeout" };
  const probe = { class: "read", connection };
  const times = { intendedAtMs: sentMs, invokedAtMs: sentMs, completedAtMs: sentMs + 5 };
  const what = { id: `r/${sentMs}`, process: "p", object: "o", kind: "read", input: null, attempt: 1 };
  fold.operation({ ...what, outcome, ...times, probe });
}

function rowAt(rows: readonly Second[], atMs: number): Second {
  const row = rows.findLast((one) => one.atMs === atMs);
  assert.ok(row !== undefined, `no row at ${atMs}`);
  return row;
}

test("latency is that of answered requests alone, and failed ones are counted beside it", () => {
  const fold = new SecondFold();
  report(fold, "w0", 1_000, [series(ANSWERED, [100, 100, 100, 200]), series(FAILED, [1, 1, 1, 1, 1, 1], 6)]);
  const row = rowAt(fold.take(1_000), 0);
  assert.deepEqual([row.answered, row.failed], [4, 6]);
  assert.ok((row.p50Ms ?? 0) > 99 && (row.p99Ms ?? 0) > 198, `${row.p50Ms} ${row.p99Ms}`);
});

test("an interval across two seconds is spread over them, and nothing is lost or counted twice", () => {
  const fold = new SecondFold();
  for (const toMs of [1_250, 2_250, 3_250]) report(fold, "w0", toMs, [series(ANSWERED, Array(100).fill(10))]);
  fold.interval(
    aSecond({ worker: "w0", sequence: 3_250, fromMs: 2_250, toMs: 3_250, metrics: [series(ANSWERED, [1])] }),
  );
  const rows = fold.take(10_000);
  assert.deepEqual(
    [0, 1_000, 2_000, 3_000].map((atMs) => rowAt(rows, atMs).answered),
    [75, 100, 100, 25],
  );
});

test("a second waits up to 3 s for all workers, and reports how many of them reported", () => {
  const fold = new SecondFold();
  for (const worker of ["w0", "w1"]) fold.event({ atMs: 0, type: "worker", worker, edge: "joined", lastSequence: 0 });
  report(fold, "w0", 1_000, [series(ANSWERED, [5])], 10);
  const first = rowAt(fold.take(1_100), 0);
  assert.deepEqual([first.answered, first.users, first.workersExpected, first.workersReporting], [null, null, 2, 1]);
  assert.deepEqual(fold.take(1_200), [], "nothing has changed");
  const due = rowAt(fold.take(4_000), 0);
  assert.deepEqual([due.answered, due.users, due.workersReporting], [1, 10, 1]);
  report(fold, "w1", 1_000, [series(ANSWERED, [5])], 20);
  const late = fold.take(4_100).filter(({ atMs }) => atMs === 0);
  assert.deepEqual([late[0]?.answered, late[0]?.users, late[0]?.workersReporting], [2, 30, 2]);
});

test("a lost worker is not waited for, and a second without any report has no figures", () => {
  const fold = new SecondFold();
  report(fold, "w0", 1_000);
  report(fold, "w1", 1_000);
  fold.event({ atMs: 1_500, type: "worker", worker: "w1", edge: "lost", lastSequence: 1 });
  report(fold, "w0", 2_000, [], 7);
  const rows = fold.take(10_000);
  assert.deepEqual([rowAt(rows, 1_000).users, rowAt(rows, 1_000).workersExpected], [7, 1]);
  assert.deepEqual(
    [rowAt(rows, 2_000).users, rowAt(rows, 2_000).answered, rowAt(rows, 2_000).p95Ms],
    [null, null, null],
  );
});

test("one failed beat makes a stream down for its second, and a second without beats is neither up nor down", () => {
  const fold = new SecondFold();
  for (const sentMs of [100, 500, 1_100]) beat(fold, sentMs, true);
  beat(fold, 1_500, false);
  beat(fold, 200, true, "fresh");
  const rows = fold.take(3_000);
  assert.deepEqual(rowAt(rows, 0).probes["read/kept"], { state: "up", ok: 2, failed: 0 });
  assert.deepEqual(rowAt(rows, 1_000).probes["read/kept"], { state: "down", ok: 1, failed: 1 });
  assert.deepEqual(rowAt(rows, 1_000).probes["read/fresh"], { state: "unknown", ok: 0, failed: 0 });
  beat(fold, 2_900, false);
  assert.equal(
    rowAt(fold.take(3_900), 2_000).probes["read/kept"]?.state,
    "down",
    "a timeout changes an earlier row afterwards",
  );
});

test("phase, replicas, leaders and faults of a row are those of the timeline at that time", () => {
  const fold = new SecondFold();
  const role = { type: "role", role: "postgres" } as const;
  fold.event({ atMs: 0, type: "phase", phase: "validation", edge: "begin" });
  fold.event({ atMs: 100, ...role, target: "postgres/n1", is: "leader", was: "unknown" });
  fold.event({ atMs: 1_200, type: "phase", phase: "validation", edge: "end" });
  fold.event({ atMs: 1_300, type: "replicas", current: 3, ready: 2, desired: 5 });
  const fault = { type: "fault", experiment: "kill", target: "postgres/n1" } as const;
  fold.event({ atMs: 2_100, ...fault, edge: "commanded" });
  fold.event({ atMs: 3_200, ...fault, edge: "bit" });
  fold.event({ atMs: 3_300, ...role, target: "postgres/n1", is: "unreachable", was: "leader" });
  fold.event({ atMs: 4_100, ...role, target: "postgres/n2", is: "leader", was: "standby" });
  fold.event({ atMs: 5_500, ...fault, edge: "healed" });
  const rows = fold.take(8_000);
  const of = <T>(read: (row: Second) => T) => rows.map(read);
  assert.deepEqual(of(({ phase }) => phase).slice(0, 3), ["validation", null, null]);
  assert.deepEqual(of(({ replicasReady }) => replicasReady).slice(0, 3), [null, 2, 2]);
  assert.equal(rowAt(rows, 1_000).replicasWanted, 5);
  assert.deepEqual(of(({ leaders }) => leaders["postgres"]).slice(2, 6), [
    "postgres/n1",
    null,
    "postgres/n2",
    "postgres/n2",
  ]);
  assert.deepEqual(
    of(({ faults }) => faults.length),
    [0, 0, 0, 1, 1, 1, 0, 0],
  );
});

test("an old leader that is seen only after its successor does not take the lead from it", () => {
  const fold = new SecondFold();
  const role = { type: "role", role: "redis" } as const;
  fold.event({ atMs: 10, ...role, target: "redis/n1", is: "master", was: "unknown" });
  fold.event({ atMs: 20, ...role, target: "redis/n2", is: "master", was: "replica" });
  fold.event({ atMs: 30, ...role, target: "redis/n1", is: "replica", was: "master" });
  assert.equal(rowAt(fold.take(1_000), 0).leaders["redis"], "redis/n2");
});

test("memory does not grow with the run, and reports that arrive too late are counted", () => {
  const fold = new SecondFold();
  const rows = fold.take(3_600_000);
  assert.equal(rows.length, 3_600);
  report(fold, "w0", 1_000, [series(ANSWERED, [5])]);
  beat(fold, 500, true);
  assert.equal(fold.late, 2);
  assert.deepEqual(fold.take(3_600_100), []);
});

test("reports with impossible times are ignored", () => {
  const fold = new SecondFold();
  fold.interval(aSecond({ fromMs: 0, toMs: 3e10 }));
  fold.interval(aSecond({ fromMs: 2_000, toMs: 1_000 }));
  fold.interval(aSecond({ fromMs: Number.NaN, toMs: Number.NaN }));
  assert.equal(rowAt(fold.take(1_000), 0).workersExpected, 0);
});
