import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../std/json.ts";
import { ok, operation, UNKNOWN } from "../evidence.fixture.ts";
import { DEFAULT_BUDGET } from "./budget.ts";
import { orderEvents } from "./event-order.ts";
import { linearize } from "./linearize.ts";
import { modelNamed } from "./models.ts";
import { Visited } from "./visited.ts";

const register = modelNamed("register");

function write(input: Json, from: number, to: number | null) {
  return operation({
    kind: "write",
    input,
    invokedAtMs: from,
    completedAtMs: to,
    outcome: to === null ? UNKNOWN : ok(null),
  });
}

function read(output: Json, from: number, to: number) {
  return operation({ kind: "read", invokedAtMs: from, completedAtMs: to, outcome: ok(output) });
}

test("events at equal times overlap: a return at the time of a call does not come before it", () => {
  const touching = [write(1, 0, 10), read(null, 10, 20)];
  assert.equal(linearize(touching, register).linearizable, true);
  assert.equal(linearize([write(1, 0, 9), read(null, 10, 20)], register).linearizable, false);
  const { callAt, returnAt, answered, open } = orderEvents([write(1, 0, 10), read(1, 10, 20), write(2, 5, null)]);
  assert.ok((callAt[1] ?? 0) < (returnAt[0] ?? 0));
  assert.deepEqual([[...answered], [...open], returnAt[2]], [[0, 1], [2], Infinity]);
});

test("the answer does not depend on the order in which operations are listed", () => {
  const history = [write(1, 0, 10), write(2, 5, 30), read(2, 15, 20), read(1, 40, 50)];
  assert.equal(linearize(history, register).linearizable, linearize(history.toReversed(), register).linearizable);
});

test("forty interchangeable unanswered writes do not make the search explode", () => {
  const open = Array.from({ length: 40 }, (_, index) => write(index % 4, index, null));
  const reads = Array.from({ length: 30 }, (_, index) => read(index % 3, 100 + index * 10, 105 + index * 10));
  const good = linearize([...open, ...reads], register);
  assert.equal(good.linearizable, true);
  const bad = linearize([...open, ...reads, read(9, 600, 610)], register);
  assert.equal(bad.linearizable, false);
  assert.ok(bad.configurations < 10_000, `${bad.configurations} configurations`);
});

test("a long history with little overlap costs time and memory in proportion to its length", () => {
  const long = Array.from({ length: 20_000 }, (_, index) =>
    index % 2 === 0 ? write(index, index * 10, index * 10 + 12) : read(index - 1, index * 10 + 5, index * 10 + 14),
  );
  const result = linearize(long, register);
  assert.equal(result.linearizable, true);
  assert.ok(result.configurations <= long.length * 2, `${result.configurations} configurations`);
});

test("a spent budget is unknown, and one hard part does not hide an easy one that is refuted", () => {
  const hard = [...Array.from({ length: 14 }, (_, index) => write(index, 0, 100)), read("never", 110, 120)];
  const budget = { ...DEFAULT_BUDGET, configurations: 3_000 };
  assert.equal(linearize(hard, register, { budget }).linearizable, "unknown");
  const easy = [write(1, 0, 10), read(2, 20, 30)].map((each) => ({ ...each, key: "easy" }));
  const result = linearize([...hard, ...easy], register, { budget });
  assert.equal(result.linearizable, false);
  assert.deepEqual(
    result.refutations.map(({ part }) => part),
    ["easy"],
  );
});

test("visited: a configuration that used no less of every class is pruned, and another is kept", () => {
  const visited = new Visited(2);
  const add = (word: number, ...used: number[]) => visited.add(Uint32Array.of(word), 1, Uint32Array.from(used));
  assert.deepEqual(
    [add(7, 1, 1), add(7, 1, 1), add(7, 1, 2), add(7, 2, 0), add(7, 0, 1), add(8, 1, 1)],
    [true, false, false, true, true, true],
  );
  assert.deepEqual([add(7, 5, 1), add(7, 3, 0), add(7, 0, 0), add(7, 0, 1)], [false, false, true, false]);
});

test("visited: keys stay distinct as the table grows", () => {
  const visited = new Visited(0);
  const none = new Uint32Array(0);
  const add = (number: number) => visited.add(Uint32Array.of(number, number >>> 3), 2, none);
  for (let number = 0; number < 20_000; number++) assert.equal(add(number), true);
  for (let number = 0; number < 20_000; number++) assert.equal(add(number), false);
});

test("visited: if too many are incomparable to compare them all, each is still remembered exactly", () => {
  const visited = new Visited(2);
  const add = (number: number) => visited.add(Uint32Array.of(1), 1, Uint32Array.of(number, 1_000 - number));
  for (let number = 0; number <= 1_000; number++) assert.equal(add(number), true);
  for (let number = 0; number <= 1_000; number++) assert.equal(add(number), false);
  assert.ok(visited.cost > visited.lookups, "comparisons are counted too");
});
