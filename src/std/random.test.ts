import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "./random.ts";

test("equal seeds give equal streams, and a fork does not depend on earlier draws", () => {
  const a = seededRandom("7");
  const b = seededRandom("7");
  assert.deepEqual([a.float(), a.int(10), a.shuffle([1, 2, 3])], [b.float(), b.int(10), b.shuffle([1, 2, 3])]);
  assert.equal(a.fork("faults").float(), seededRandom("7").fork("faults").float());
});

test("different seeds and names give different streams", () => {
  assert.notEqual(seededRandom("7").float(), seededRandom("8").float());
  assert.notEqual(seededRandom("7").fork("a").float(), seededRandom("7").fork("b").float());
});

test("draws are uniformly distributed", () => {
  const draws = seededRandom("spread-2");
  const seen = new Map<number, number>();
  for (let n = 0; n < 10_000; n++) {
    const value = draws.int(10);
    seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  for (const count of seen.values()) assert.ok(count > 850 && count < 1150, `count ${count}`);
});

test("picking from nothing is an error", () => {
  assert.throws(() => seededRandom("1").pick([]), RangeError);
});
