/** Executors with real workers: everything that was due was done, no more and no less, and what could not be done is counted. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../src/std/wait.ts";
import { fixture, loadOf, planOf, type RunningLoad } from "./load.fixture.ts";

const signal = new AbortController().signal; // every wait has a deadline of its own

function dropped(load: RunningLoad): number {
  return load.intervals.reduce((sum, interval) => sum + interval.dropped, 0);
}

test("arrivals begin on their grid, each once, over two workers", async () => {
  const rate = 100;
  await using load = await loadOf(
    planOf("steady.ts", { executor: "constant-arrival-rate", stages: [{ durationMs: 60_000, target: rate }] }),
  );
  await until(() => load.operations.length >= 200, { what: "two seconds of arrivals", deadlineMs: 20_000, signal });
  await load.handle.stop();
  const due = load.operations.map(({ intendedAtMs }) => intendedAtMs - load.handle.beganAtMs).sort((a, b) => a - b);
  const numbers = due.map((atMs) => Math.round((atMs * rate) / 1000));
  assert.equal(new Set(numbers).size, numbers.length, "no arrival twice");
  for (const [index, atMs] of due.entries())
    assert.ok(Math.abs(atMs - ((numbers[index] ?? 0) * 1000) / rate) < 2, `due at ${atMs}`);
  // Both workers stop within a tick or two of each other, so only the very last arrivals may be missing.
  assert.ok((numbers.at(-1) ?? 0) - numbers.length < 10, `${numbers.length} of ${numbers.at(-1)}`);
  assert.equal(dropped(load), 0);
});

test("an arrival that finds no free user is dropped, and counted", async () => {
  const plan = planOf("slow.ts", {
    executor: "constant-arrival-rate",
    stages: [{ durationMs: 60_000, target: 50 }],
    usersMax: 2,
    workers: 1,
  });
  await using load = await loadOf(plan);
  await until(() => dropped(load) > 20, { what: "drops", deadlineMs: 20_000, signal });
  await load.handle.stop();
  const served = load.operations.length;
  const passedMs = (load.intervals.at(-1)?.toMs ?? 0) - load.handle.beganAtMs;
  assert.ok(served + dropped(load) <= passedMs / 20 + 2);
  assert.ok(Math.max(...load.intervals.map((interval) => interval.users)) <= 2);
});

test("an arrival whose user never gets through onStart is dropped, and counted", async () => {
  const plan = planOf("half-starts.ts", {
    executor: "constant-arrival-rate",
    stages: [{ durationMs: 400, target: 50 }],
    arrivalsEndMs: 400,
    workers: 1,
    gracefulStopMs: 10,
  });
  await using load = await loadOf(plan);
  await until(() => load.operations.length === 10, { what: "those that start", deadlineMs: 20_000, signal });
  await load.handle.stop();
  assert.deepEqual([load.operations.length, dropped(load)], [10, 10]);
});

test("preallocated users are started before the first arrival", async () => {
  const plan = planOf("steady.ts", {
    executor: "ramping-arrival-rate",
    stages: [{ durationMs: 60_000, target: 0.001 }],
    usersReady: 5,
  });
  await using load = await loadOf(plan);
  await until(() => load.handle.live().users === 5, { what: "5 users", deadlineMs: 10_000, signal });
  await load.handle.stop();
  assert.deepEqual(
    [...new Set(load.intervals.map(({ users }) => users))].filter((users) => users > 3),
    [],
    "of a worker",
  );
  assert.equal(load.operations.length, 1, "the one that is due at once, served by one of them");
});

test("iterations of each user, and of all together, are counted", async () => {
  for (const [executor, expected] of [
    ["per-vu-iterations", 21],
    ["shared-iterations", 7],
  ] as const) {
    await using load = await loadOf(
      planOf("steady.ts", { executor, stages: [{ durationMs: 60_000, target: 3 }], iterations: 7 }),
    );
    await load.handle.exhausted;
    await load.handle.stop();
    assert.equal(load.operations.length, expected, executor);
  }
});

test("users change while the load runs", async () => {
  await using load = await loadOf(planOf("steady.ts"));
  const users = () => load.handle.live().users;
  await until(() => users() === 10, { what: "10 users", deadlineMs: 10_000, signal });
  load.handle.setUsers(25);
  await until(() => users() === 25, { what: "25 users", deadlineMs: 10_000, signal });
  load.handle.setUsers(4);
  await until(() => users() === 4, { what: "4 users", deadlineMs: 10_000, signal });
  await load.handle.stop();
});

test("a script that throws is reported with its line, and the engine continues", async () => {
  await using load = await loadOf(planOf("throws.ts", { workers: 1, stages: [{ durationMs: 0, target: 2 }] }));
  const notes = () => load.events.flatMap((event) => (event.type === "note" ? [event.says] : []));
  await until(() => notes().some((says) => /throws\.ts:10:\d+: planned/.test(says)), {
    what: "the error",
    deadlineMs: 10_000,
    signal,
  });
  await until(() => notes().some((says) => /throws\.ts:8:\d+: in a timer/.test(says)), {
    what: "the timer's error",
    deadlineMs: 10_000,
    signal,
  });
  await until(() => load.requests() > 4, { what: "iterations after the error", deadlineMs: 10_000, signal });
  await load.handle.stop();
});

test("a script that never awaits does not block its worker", async () => {
  await using load = await loadOf(planOf("never-awaits.ts", { workers: 1 }));
  await until(() => load.intervals.length >= 2, { what: "intervals", deadlineMs: 10_000, signal });
  assert.ok(load.events.some((event) => event.type === "note" && event.says.includes("without a request or a pause")));
  await load.handle.stop();
});

test("a script that cannot be loaded is a clear error with its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-scripts-"));
  const script = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cases: [string, string, RegExp][] = [
    [join(folder, "absent.ts"), "script-missing", /absent\.ts/],
    [fixture("no-default.ts"), "script-no-default-export", /no-default\.ts/],
    [fixture("from-k6.ts"), "script-no-default-export", /k6/],
    [script("syntax.ts", "export default {\n  name: 'x',\n  run( {\n};\n"), "script-syntax", /syntax\.ts:\d/],
    [
      script("enum.ts", "const a = 1;\nenum Colour { red }\nexport default a;\n"),
      "script-unsupported-typescript",
      /enum\.ts:2/,
    ],
    [script("boom.ts", "\nthrow new Error('at load');\n"), "script-failed-to-load", /boom\.ts:2/],
    [script("needs.ts", "import 'no-such-package-here';\nexport default 1;\n"), "script-failed-to-load", /npm install/],
    [script("empty.ts", "export default { name: 'x' };\n"), "scenario-invalid", /neither/],
  ];
  try {
    for (const [file, code, says] of cases) {
      const plan = { ...planOf("steady.ts", { workers: 1 }), scenarios: [{ file, weight: null }] };
      await assert.rejects(loadOf(plan), (thrown: Error & { code?: string; describe?: () => string }) => {
        assert.equal(thrown.code, code, thrown.message);
        assert.match(thrown.describe?.() ?? "", says);
        return true;
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a host that does not resolve is a count of dns errors, not a crash", async () => {
  const plan = planOf("elsewhere.ts", { workers: 1, stages: [{ durationMs: 0, target: 2 }] });
  await using load = await loadOf(plan);
  await until(() => load.operations.length > 0, { what: "an outcome", deadlineMs: 20_000, signal });
  const [operation] = load.operations;
  assert.equal(operation?.outcome.type, "refused");
  await load.handle.stop();
});
