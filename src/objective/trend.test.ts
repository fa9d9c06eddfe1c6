import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../std/random.ts";
import { relativeTrend, trendOf } from "./trend.ts";

const series = (count: number, value: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ atMs: at * 1_000, value: value(at) }));

test("the slope of a straight line is known exactly, and so is that of a constant", () => {
  const trend = trendOf(series(20, (at) => 100 + 2 * at));
  assert.deepEqual(trend && [trend.lower, trend.slope, trend.upper], [0.002, 0.002, 0.002]);
  const level = trendOf(series(20, () => 7));
  assert.deepEqual(level && [level.lower, level.upper], [0, 0]);
});

test("fewer than ten points, and a series around zero, prove nothing", () => {
  assert.equal(trendOf(series(9, (at) => at)), null);
  assert.equal(
    relativeTrend(
      series(20, () => 0),
      1_000,
    ),
    null,
  );
});

test("the interval holds the true slope in about 95 of 100 noisy series, and narrows with more points", () => {
  const random = seededRandom("trend");
  const noisy = (count: number) => trendOf(series(count, (at) => 50 + 0.5 * at + 20 * (random.float() - 0.5)));
  const trends = Array.from({ length: 400 }, () => noisy(40));
  const held = trends.filter((trend) => trend !== null && trend.lower <= 0.0005 && 0.0005 <= trend.upper).length;
  assert.ok(held >= 368 && held < 400, `${held} of 400`);
  const width = (trend: ReturnType<typeof noisy>) => (trend === null ? 0 : trend.upper - trend.lower);
  assert.ok(width(noisy(200)) < width(noisy(20)) / 3);
});

test("a dip in the middle does not change the slope", () => {
  const trend = trendOf(series(60, (at) => (at > 20 && at < 30 ? 1 : 100 + at)));
  assert.ok(trend !== null && Math.abs(trend.slope - 0.001) < 0.0002, `${trend?.slope}`);
});
