import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPARED_MODELS } from "./compare.ts";
import { compareWay, type Way, type WayComparison } from "./ways.ts";

function agrees({ decided, linearizable, disagreements }: WayComparison, decidedMin: number): void {
  assert.deepEqual(disagreements.slice(0, 2), []);
  assert.ok(decided >= decidedMin, `${decided} decided`);
  assert.ok(linearizable > 200, `only ${linearizable} of ${decided} are linearizable`);
  assert.ok(decided - linearizable > 200, `only ${decided - linearizable} of ${decided} are not`);
}

for (const way of ["easy", "hard"] satisfies Way[]) {
  for (const model of COMPARED_MODELS) {
    test(`${way} and the oracle agree on every tiny ${model}`, () => {
      agrees(compareWay(way, 3_000, `${way}/${model}`, { model }), 3_000);
    });
  }
}

test("the algorithm for registers and the oracle agree wherever written values differ", () => {
  agrees(compareWay("special", 30_000, "zones", { model: "register", distinct: true }), 30_000);
});

test("the algorithm for queues and the oracle agree wherever values differ", () => {
  agrees(compareWay("special", 40_000, "order", { model: "queue", distinct: true }), 35_000);
});

test("the algorithm for sets that only grow and the oracle agree", () => {
  agrees(compareWay("special", 30_000, "growth", { model: "set", without: ["remove"] }), 30_000);
  agrees(compareWay("special", 20_000, "distinct", { model: "set", without: ["remove"], distinct: true }), 20_000);
});

test("sets that no client reads as a whole are decided by element", () => {
  agrees(compareWay("hard", 10_000, "elements", { model: "set", without: ["read"] }), 10_000);
});

test("values that repeat are left to the search", () => {
  assert.ok(compareWay("special", 1_000, "repeat", { model: "queue" }).decided < 800);
});
