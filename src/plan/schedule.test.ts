import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arrivalsBefore, arrivalTime, heightOf, piecesOf, targetAt, usersAt } from "./schedule.ts";

const stages = fc.array(
  fc.record({ durationMs: fc.integer({ min: 0, max: 60_000 }), target: fc.integer({ min: 0, max: 1_000 }) }),
  { minLength: 1, maxLength: 6 },
);
const plan = fc.record({ stages, ramping: fc.boolean(), startTarget: fc.integer({ min: 0, max: 100 }) });
const moment = fc.double({ min: 0, max: 400_000, noNaN: true });

test("the target never leaves the range of the plan's levels, and the last one is held", () => {
  fc.assert(
    fc.property(plan, moment, (given, atMs) => {
      const pieces = piecesOf(given);
      const levels = [given.startTarget, ...given.stages.map((stage) => stage.target)];
      const target = targetAt(pieces, atMs);
      assert.ok(target >= Math.min(...levels) - 1e-9 && target <= Math.max(...levels) + 1e-9);
      const end = given.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
      assert.equal(targetAt(pieces, end + 1), given.stages.at(-1)?.target);
    }),
  );
});

test("a ramp reaches each stage's target at its end and is straight in between", () => {
  const pieces = piecesOf({
    stages: [
      { durationMs: 10_000, target: 100 },
      { durationMs: 5_000, target: 50 },
    ],
    ramping: true,
    startTarget: 0,
  });
  assert.deepEqual(
    [0, 5_000, 10_000, 12_500, 15_000, 99_999].map((at) => usersAt(pieces, at)),
    [0, 50, 100, 75, 50, 50],
  );
});

test("a stage without length is a step", () => {
  const pieces = piecesOf({
    stages: [
      { durationMs: 0, target: 7 },
      { durationMs: 1_000, target: 7 },
    ],
    ramping: true,
    startTarget: 0,
  });
  assert.equal(usersAt(pieces, 0), 7);
});

test("an override replaces everything from its time on, and nothing before", () => {
  fc.assert(
    fc.property(plan, moment, fc.integer({ min: 0, max: 500 }), moment, (given, atMs, target, lookMs) => {
      const before = piecesOf(given);
      const after = piecesOf(given, [{ atMs, target }]);
      const expected = lookMs >= atMs ? target : targetAt(before, lookMs);
      assert.ok(Math.abs(targetAt(after, lookMs) - expected) < 1e-6);
    }),
  );
});

test("arrival k is due exactly when k arrivals are due before it", () => {
  fc.assert(
    fc.property(plan, fc.integer({ min: 0, max: 5_000 }), (given, number) => {
      const pieces = piecesOf(given);
      const dueMs = arrivalTime(pieces, number);
      if (dueMs === Number.POSITIVE_INFINITY) {
        assert.ok(arrivalsBefore(pieces, 1e9) <= number + 1e-6);
        return;
      }
      const before = arrivalsBefore(pieces, dueMs);
      assert.ok(Math.abs(before - number) < 1e-4 * Math.max(1, number), `${before} before arrival ${number}`);
    }),
  );
});

test("arrivals come in order", () => {
  fc.assert(
    fc.property(plan, fc.integer({ min: 0, max: 5_000 }), (given, number) => {
      const pieces = piecesOf(given);
      assert.ok(arrivalTime(pieces, number) <= arrivalTime(pieces, number + 1));
    }),
  );
});

for (const [says, ramping, targets, startTarget, expected] of [
  ["a constant load is at its full height at once", false, [5], 0, [5, 0, null]],
  ["a ramp reaches its full height at its end", true, [5, 10], 0, [10, 2_000, null]],
  ["a ramp up and down leaves its full height", true, [10, 10, 0], 0, [10, 1_000, 2_000]],
  ["a ramp down begins at its full height", true, [0], 8, [8, 0, 0]],
] as const) {
  test(says, () => {
    const stages = targets.map((target) => ({ durationMs: 1_000, target }));
    const { target, heightMs, declineMs } = heightOf({ stages, ramping, startTarget });
    assert.deepEqual([target, heightMs, declineMs], expected);
  });
}
