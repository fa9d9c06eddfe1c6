import assert from "node:assert/strict";
import { test } from "node:test";
import { linearScale, logScale, powerDomain, powerTicks, timeTicks, valueTicks } from "./scale.ts";

test("a linear scale maps both ways, and its range may point upwards", () => {
  const scale = linearScale({ from: 0, to: 200 }, { from: 100, to: 0 });
  assert.deepEqual([scale.at(0), scale.at(50), scale.at(200), scale.invert(25)], [100, 75, 0, 150]);
});

test("a logarithmic scale draws 0 at its lower end", () => {
  const scale = logScale({ from: 1, to: 10_000 }, { from: 400, to: 0 });
  assert.deepEqual([scale.at(0), scale.at(1), scale.at(100), scale.at(10_000)], [400, 400, 200, 0]);
  assert.ok(Math.abs(scale.invert(200) - 100) < 1e-9);
});

test("time ticks are round, within the domain and few enough", () => {
  assert.deepEqual(timeTicks({ from: 12_000, to: 62_000 }, 6), [20_000, 30_000, 40_000, 50_000, 60_000]);
  for (const hours of [0.01, 0.5, 3, 8, 100]) {
    const ticks = timeTicks({ from: 0, to: hours * 3_600_000 }, 8);
    assert.ok(ticks.length >= 2 && ticks.length <= 9, `${hours} h: ${ticks.length}`);
  }
});

test("value ticks begin at 0 and are steps of 1, 2 or 5", () => {
  assert.deepEqual(valueTicks(612, 4), [0, 200, 400, 600]);
  assert.deepEqual(valueTicks(0.9, 3), [0, 0.5]);
  assert.deepEqual(valueTicks(6, 3), [0, 2, 4, 6]);
});

test("a logarithmic axis covers whole powers of ten, and at least two of them", () => {
  assert.deepEqual(powerDomain(1.2, 930), { from: 1, to: 1000 });
  assert.deepEqual(powerDomain(5, 6), { from: 1, to: 100 });
  assert.deepEqual(powerDomain(Number.NaN, 0), { from: 1, to: 100 });
  assert.deepEqual(powerTicks({ from: 0.1, to: 100 }), [0.1, 1, 10, 100]);
});
