import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exact, interval, percentage } from "./figure.ts";

test("an interval has the digits that its width supports, and is rounded outwards", () => {
  assert.equal(interval(4.779559, 4.935393), "4.77 to 4.94");
  assert.equal(interval(458.3778, 458.6221), "458.37 to 458.63");
  assert.equal(interval(2, 40.2), "2 to 41");
});

test("what is rounded outwards holds the truth", () => {
  const value = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [from = "", to = ""] = interval(low, high).replaceAll(",", "").split(" to ");
      assert.ok(Number(from) <= low + 1e-6 && Number(to) >= high - 1e-6, `${from} to ${to} for ${low} to ${high}`);
    }),
    { numRuns: 200 },
  );
});

test("a share that is not whole never reads as 0 or 100 %", () => {
  assert.deepEqual([0, 1, 0.8972, 0.99387, 0.999996, 0.00003].map(percentage), [
    "0",
    "100",
    "89.7",
    "99.38",
    "99.99",
    "0.003",
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (failed) => {
      assert.ok(!["0", "100"].includes(percentage(failed / 10_000_000)), String(failed));
    }),
    { numRuns: 200 },
  );
});

test("whole numbers keep all their digits, others have three", () => {
  assert.deepEqual([1_336_732, 0, 9.9234, 650.14].map(exact), ["1,336,732", "0", "9.92", "650"]);
});
