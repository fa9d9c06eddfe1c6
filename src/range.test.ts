import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareToBound, maximum, type Range, sum } from "./range.ts";

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const range = fc.tuple(number, number).map(([a, b]): Range => ({ lower: Math.min(a, b), upper: Math.max(a, b) }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Returns a value that lies within the range. */
const within = ({ lower, upper }: Range, at: number) => Math.min(upper, Math.max(lower, lower + (upper - lower) * at));

test("pass and fail hold for every truth in the interval, and unknown only if both are possible", () => {
  fc.assert(
    fc.property(range, share, number, (interval, at, limit) => {
      const truth = within(interval, at);
      const status = compareToBound(interval, { under: limit });
      if (status === "pass") assert.ok(truth < limit);
      if (status === "fail") assert.ok(truth >= limit);
      if (status === "unknown") assert.ok(interval.lower < limit && interval.upper >= limit);
    }),
  );
});

test("a wider interval never decides what a narrower one within it left open, nor the reverse", () => {
  fc.assert(
    fc.property(range, fc.nat(1000), number, (narrow, more, limit) => {
      const wide = { lower: narrow.lower - more, upper: narrow.upper + more };
      const [inner, outer] = [compareToBound(narrow, { atLeast: limit }), compareToBound(wide, { atLeast: limit })];
      assert.ok(outer === "unknown" || outer === inner, `${inner} became ${outer}`);
    }),
  );
});

test("the ranges of a maximum and of a sum hold the maximum and the sum of any truths", () => {
  fc.assert(
    fc.property(range, range, share, share, (a, b, atA, atB) => {
      const [x, y] = [within(a, atA), within(b, atB)];
      const most = maximum(a, b);
      const total = sum(a, b);
      assert.ok(most.lower <= Math.max(x, y) && Math.max(x, y) <= most.upper);
      assert.ok(total.lower <= x + y + 1e-6 && x + y <= total.upper + 1e-6);
    }),
  );
});

test("an open end never passes an upper bound, and a bound without ends is unknown", () => {
  assert.equal(compareToBound({ lower: 3, upper: Number.POSITIVE_INFINITY }, { under: 30 }), "unknown");
  assert.equal(compareToBound({ lower: 31, upper: Number.POSITIVE_INFINITY }, { under: 30 }), "fail");
  assert.equal(compareToBound({ lower: 1, upper: 1 }, {}), "unknown");
});
