import assert from "node:assert/strict";
import { test } from "node:test";
import { interval } from "../verdict/run.fixture.ts";
import { LoadFold } from "./load-fold.ts";

test("intervals slightly longer than a slice leave no slice empty, and every request is in exactly one slice", () => {
  const load = new LoadFold([], [], { fromMs: 0, toMs: 100_000 });
  for (let at = 0; at < 97; at++) load.add({ ...interval(at, at * 1030, 10), toMs: (at + 1) * 1030 });
  const counts = load.slices.map(({ count }) => count);
  assert.ok(Math.min(...counts) > 85 && Math.max(...counts) < 100, `${Math.min(...counts)} to ${Math.max(...counts)}`);
  const users = load.slices.map((slice) => Math.round(slice.users));
  assert.deepEqual([...new Set(users.slice(0, -1))], [10]);
});

test("an interval far outside the run costs nothing and is in no slice", () => {
  const load = new LoadFold([], [], { fromMs: 0, toMs: 10_000 });
  load.add({ ...interval(0, -1e15, 0), toMs: -1e14 });
  load.add({ ...interval(1, 1e14, 0), toMs: 1e15 });
  assert.ok(load.slices.every(({ count }) => count === 0));
});

test("calls that the end cut off are counted apart, neither as requests nor as failures", () => {
  const load = new LoadFold([], [], { fromMs: 0, toMs: 10_000 });
  const before = interval(0, 0, 1_000);
  const cut = { metric: "http_req_interrupted{name:page}", count: 4, failed: 0, sum: 40, min: 10, max: 10 };
  load.add({ ...before, metrics: [...before.metrics, cut] });
  const counted = load.byName().reduce((sum, [, { count }]) => sum + count, 0);
  const fresh = new LoadFold([], [], { fromMs: 0, toMs: 10_000 });
  fresh.add(before);
  assert.equal(load.interrupted, 4);
  assert.deepEqual(load.byName(), fresh.byName(), `${counted} requests`);
});
