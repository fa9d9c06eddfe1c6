import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "../interval.ts";
import { interval } from "../verdict/run.fixture.ts";
import { UsersRecord } from "./users-record.ts";

function recordOf(...told: readonly (readonly [worker: string, fromMs: number, toMs: number, users: number])[]) {
  const record = new UsersRecord(0, 10);
  for (const [worker, fromMs, toMs, users] of told) {
    const one: Interval = { ...interval(0, fromMs, 0), worker, toMs, users };
    record.add(one);
  }
  return record;
}

test("each worker counts with its fewest users of a second, and all workers with their sum", () => {
  const record = recordOf(["a", 0, 999, 6], ["a", 999, 1500, 4], ["a", 1500, 1999, 7], ["b", 0, 1999, 5]);
  assert.equal(record.within({ fromMs: 0, toMs: 2000 })?.usersFewest, 9);
  assert.equal(record.longest(12), null);
  assert.equal(record.longest(9)?.seconds, 2);
  assert.equal(record.workers, 2);
});

test("a user counted after the end of a span was not counted in it", () => {
  const record = recordOf(["a", 0, 900, 5], ["a", 900, 1900, 5], ["a", 1900, 2900, 1]);
  assert.deepEqual(record.within({ fromMs: 0, toMs: 2500 }), { fromMs: 0, toMs: 1000, seconds: 1, usersFewest: 5 });
  assert.equal(record.within({ fromMs: 0, toMs: 2950 })?.usersFewest, 1);
});

test("a worker that reported nothing about a second had no users in it", () => {
  const record = recordOf(["a", 0, 9999, 5], ["b", 0, 3900, 5], ["b", 6000, 9999, 5]);
  assert.deepEqual(record.within({ fromMs: 0, toMs: 10_000 }), {
    fromMs: 0,
    toMs: 10_000,
    seconds: 10,
    usersFewest: 5,
  });
  assert.deepEqual(record.longest(10), { fromMs: 0, toMs: 4000, seconds: 4, usersFewest: 10 });
});

test("only whole seconds count, and there may be none", () => {
  const record = recordOf(["a", 1100, 1900, 5], ["a", 1900, 2900, 5], ["a", 2900, 3900, 5]);
  assert.equal(record.within({ fromMs: 1100, toMs: 1900 }), null);
  assert.equal(record.within({ fromMs: 1100, toMs: 3900 })?.seconds, 1);
  assert.equal(record.longest(6), null);
});
