import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

const samples = fc.array(fc.double({ min: 0.2, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });

function exactQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
}

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test("every quantile is within 0.8 % of the exact one", () => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const exact = exactQuantile(values, q);
      const read = filled(values).quantile(q) as number;
      assert.ok(Math.abs(read - exact) <= exact * 0.008, `${read} for ${exact}`);
    }),
  );
});

test("merged parts give the same quantiles as one histogram with all samples", () => {
  fc.assert(
    fc.property(
      fc.array(samples, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (parts, q) => {
        const merged = Histogram.of(...parts.map((part) => filled(part).snapshot()));
        const whole = filled(parts.flat());
        assert.equal(merged.quantile(q), whole.quantile(q));
        assert.deepEqual(merged.snapshot().buckets, whole.snapshot().buckets);
        assert.equal(merged.count, whole.count);
      },
    ),
  );
});

test("negative values keep their order", () => {
  const histogram = filled([-1000, -10, 5, 2000]);
  assert.equal(histogram.min, -1000);
  assert.ok(Math.abs((histogram.quantile(0.5) as number) + 10) < 0.1);
  const copy = Histogram.of(histogram.snapshot());
  assert.equal(copy.quantile(0.5), histogram.quantile(0.5));
});

test("an empty histogram has no quantile, and an impossible value is refused", () => {
  assert.equal(new Histogram().quantile(0.5), null);
  assert.throws(() => new Histogram().record(Number.NaN), RangeError);
  assert.throws(() => new Histogram().record(Number.POSITIVE_INFINITY), RangeError);
});

test("reset clears everything", () => {
  const histogram = filled([1, 2, -3]);
  histogram.reset();
  assert.deepEqual(histogram.snapshot(), { count: 0, sum: 0, min: 0, max: 0, buckets: [] });
});
