import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf } from "../verdict/run.fixture.ts";
import type { Verdict } from "../verdict.ts";
import { renderRepetition, sumUp } from "./repeat.ts";

const clean = judge(evidenceOf(cleanRun()));

/** Returns the clean run with another recovery for all classes of all experiments; null if users never recovered. */
function recoveredIn(upperMs: number | null): Verdict {
  const state = upperMs === null ? ("not-recovered" as const) : ("recovered" as const);
  const experiments = clean.experiments.map((one) => ({
    ...one,
    recovery: Object.fromEntries(
      Object.entries(one.recovery).map(([name, own]) => [name, { ...own, state, lowerMs: 0, upperMs }]),
    ),
  }));
  return { ...clean, experiments };
}

test("the distribution uses the upper ends, and 59 runs prove a statement about 95 % of all runs", () => {
  const [row] = sumUp([3_000, 1_000, 9_000, 2_000].map(recoveredIn), 4).recoveries;
  assert.deepEqual([row?.minMs, row?.medianMs, row?.maxMs], [1_000, 2_500, 9_000]);
  assert.ok(Math.abs((row?.bound?.shareOfRuns ?? 0) - 0.05 ** (1 / 4)) < 1e-12);
  const share = (runs: number) =>
    sumUp(
      Array.from({ length: runs }, () => recoveredIn(1)),
      runs,
    ).recoveries[0]?.bound?.shareOfRuns ?? 0;
  assert.ok(share(58) < 0.95 && share(59) >= 0.95);
});

test("a run that never recovered, or whose fault did not bite, is counted and leaves nothing proven", () => {
  const notBitten = { ...clean, experiments: clean.experiments.map((one) => ({ ...one, bite: null })) };
  for (const odd of [recoveredIn(null), notBitten]) {
    const [row] = sumUp([recoveredIn(1_000), odd], 2).recoveries;
    assert.deepEqual([row?.measured, row?.unmeasured, row?.maxMs, row?.bound], [1, 1, 1_000, null]);
  }
  assert.match(
    renderRepetition(sumUp([recoveredIn(null)], 3)),
    /^1 of 3 runs.*\n.*max -; nothing is proven: 1 without/,
  );
});

test("min, median and max are ordered and taken from the runs, in any order of runs; more runs prove more", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 30 }), (tookMs) => {
      const [row] = sumUp(tookMs.map(recoveredIn), tookMs.length).recoveries;
      const [again] = sumUp(tookMs.toReversed().map(recoveredIn), tookMs.length).recoveries;
      assert.deepEqual(row, again);
      assert.equal(row?.minMs, Math.min(...tookMs));
      assert.equal(row?.bound?.withinMs, Math.max(...tookMs));
      const median = row?.medianMs ?? -1;
      assert.ok(tookMs.filter((one) => one <= median).length * 2 >= tookMs.length);
      assert.ok(tookMs.filter((one) => one >= median).length * 2 >= tookMs.length);
    }),
    { numRuns: 50 },
  );
});
