import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Bound, compareToBound } from "../range.ts";
import type { Status } from "../status.ts";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, interval, KILL, objective, probeSamples, toldChecker } from "../verdict/run.fixture.ts";
import type { Verdict } from "../verdict.ts";
import { compareRuns } from "./compare.ts";
import { historyRow, sortHistory } from "./history.ts";
import { rangeOf } from "./noise.ts";
import { renderComparison, renderHistory } from "./table.ts";

const OBJECTIVES = [
  objective("recovery-seconds", { under: 30 }, { experiment: KILL.name }),
  objective("http_req_duration-p95-ms", { under: 2_000 }),
  objective("requests", { atLeast: 100 }),
];

function verdictOf(recoversAtMs: number, answerMs: number): Verdict {
  const run = cleanRun(OBJECTIVES);
  run.operations = probeSamples("order-write", "kept", [[20_150, recoversAtMs]]);
  run.intervals = run.intervals.map((one, at) => interval(at, one.fromMs, 0, answerMs));
  return judge(evidenceOf(run), [toldChecker()]);
}

function changes(...verdicts: Verdict[]): string[] {
  return compareRuns(verdicts).objectives.map(({ change }) => change);
}

test("a difference within noise counts as the same", () => {
  assert.deepEqual(changes(verdictOf(24_000, 20), verdictOf(25_500, 21)), ["same", "same", "same"]);
});

test("beyond noise, one earlier run is weighed by the distance to the bound, and several earlier runs are believed", () => {
  // The bounds are 30 s and 2,000 ms: half of the distance is a change, a tenth may be one, and less is none.
  assert.deepEqual(changes(verdictOf(22_000, 20), verdictOf(38_500, 40)), ["worse", "same", "same"]);
  assert.deepEqual(changes(verdictOf(38_500, 40), verdictOf(22_000, 20)), ["better", "same", "same"]);
  assert.deepEqual(changes(verdictOf(22_000, 20), verdictOf(30_000, 1_700)), ["unknown", "worse", "same"]);
  const [one, two] = [verdictOf(22_000, 20), verdictOf(22_100, 21)];
  assert.deepEqual(changes(one, two, verdictOf(30_000, 40)), ["worse", "worse", "same"]);
  assert.deepEqual(changes(verdictOf(30_000, 40), verdictOf(30_100, 41), one), ["better", "better", "same"]);
  const objectives = one.objectives.map((each) =>
    each.measure === "requests" ? { ...each, measured: { value: 500 } } : each,
  );
  assert.deepEqual(changes(one, { ...one, objectives }).at(-1), "worse");
});

test("near zero a difference is noise, whatever share of the small value it is", () => {
  const recovered = (value: number, unit = "s"): Verdict => {
    const verdict = verdictOf(22_000, 20);
    const [first, ...others] = verdict.objectives;
    assert.ok(first);
    return { ...verdict, objectives: [{ ...first, unit, measured: { value }, bound: { under: 0.04 } }, ...others] };
  };
  assert.equal(changes(recovered(0), recovered(0.03))[0], "same");
  assert.equal(changes(recovered(0), recovered(0), recovered(0.03))[0], "same");
  assert.equal(changes(recovered(0, "restarts"), recovered(0.03, "restarts"))[0], "worse", "counts have no noise");
});

test("a changed bound is named, and the change of status is not attributed to the platform", () => {
  const under = (verdict: Verdict, seconds: number): Verdict => {
    const [first, ...others] = verdict.objectives;
    assert.ok(first);
    const status = compareToBound(first.measured as { lower: number; upper: number }, { under: seconds });
    return { ...verdict, objectives: [{ ...first, bound: { under: seconds }, status }, ...others] };
  };
  const [fast, slow] = [verdictOf(24_000, 20), verdictOf(38_500, 20)];
  const tightened = compareRuns([under(fast, 30), under(fast, 2)]).objectives[0];
  assert.equal(tightened?.change, "same", "it fails by the new bound alone");
  assert.match(tightened?.because ?? "", /its bound was under 30 s, and is under 2 s now/);
  assert.equal(compareRuns([under(fast, 30), under(slow, 10)]).objectives[0]?.change, "unknown");
  assert.equal(compareRuns([under(fast, 30), under(verdictOf(52_000, 20), 20)]).objectives[0]?.change, "worse");
  const renamed = {
    ...fast,
    objectives: fast.objectives.map((each) => ({ ...each, measure: `other-${each.measure}` })),
  };
  assert.match(compareRuns([fast, renamed]).objectives[0]?.because ?? "", /measured recovery-seconds before/);
});

test("plans that differ and runs in reverse order of time are noted", () => {
  const { run } = evidenceOf(cleanRun(OBJECTIVES));
  const later = { ...run, runId: "later", startedAt: "2026-07-02T00:00:00Z", plan: { ...run.plan, calmMs: 5 } };
  const earlier = { ...run, runId: "earlier", startedAt: "2026-07-01T00:00:00Z" };
  const notes = (...runs: (typeof run)[]) => compareRuns([verdictOf(24_000, 20), verdictOf(24_000, 20)], runs).notes;
  assert.deepEqual(notes(earlier, { ...earlier, runId: "again" }), []);
  assert.match(
    notes(earlier, later).join(),
    new RegExp(`^the plans of later and .*: calmMs: ${run.plan.calmMs} -> 5$`),
  );
  assert.match(notes(later, earlier)[0] ?? "", /^run later comes first, but began later .*give the earlier run first/);
  assert.match(notes(later, later)[0] ?? "", /given twice/);
  const [objective] = run.plan.objectives;
  assert.ok(objective);
  const objectives = [...run.plan.objectives.slice(1), { ...objective, bound: { under: 60 } }];
  const loosened = { ...earlier, plan: { ...run.plan, objectives } };
  assert.match(notes(earlier, loosened).join(), /: objectives\[.*\]\.bound\.under: 30 -> 60$/);
});

const anyStatus = fc.constantFrom<Status>("pass", "fail", "unknown");
const anyMeasured = fc.oneof(
  fc.constant(null),
  fc.double({ min: 0, max: 60, noNaN: true }).map((value) => ({ value })),
  fc
    .tuple(fc.double({ min: 0, max: 60, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }))
    .map(([lower, more]) => ({
      lower,
      upper: lower + more,
    })),
  fc.double({ min: 0, max: 60, noNaN: true }).map((lower) => ({ lower, upper: null })),
);
const anyBound = fc.constantFrom<Bound>(
  { under: 30 },
  { under: 10 },
  { atMost: 0 },
  { atLeast: 20 },
  { atLeast: 10, atMost: 40 },
  { equals: 5 },
  { unequal: 5 },
);

test("two runs are never both worse than the other", () => {
  const sound = verdictOf(24_000, 20);
  const objective = fc.record({ status: anyStatus, measured: anyMeasured, bound: anyBound });
  const anyVerdict = fc
    .record({ verdict: anyStatus, given: fc.tuple(objective, objective, objective) })
    .map(({ verdict, given }): Verdict => {
      const objectives = sound.objectives.map((each, at) => ({ ...each, ...given[at] }));
      // As in real assessments, a known status follows from what was measured.
      const assessed = objectives.map((each) => {
        const range = rangeOf(each.measured);
        return { ...each, status: range === null ? ("unknown" as const) : compareToBound(range, each.bound) };
      });
      return { ...sound, verdict, objectives: given[0].status === "pass" ? objectives : assessed };
    });
  fc.assert(
    fc.property(anyVerdict, anyVerdict, (one, other) => {
      assert.notDeepEqual([compareRuns([one, other]).change, compareRuns([other, one]).change], ["worse", "worse"]);
      assert.notEqual(compareRuns([one, one]).change, "worse");
    }),
    { numRuns: 3_000 },
  );
});

test("earlier runs that differ among themselves widen the noise", () => {
  assert.equal(changes(verdictOf(22_000, 20), verdictOf(30_000, 20), verdictOf(31_000, 20))[0], "same");
});

test("a status that fell is worse, and one that is unknown now cannot be compared", () => {
  const failing = verdictOf(52_000, 20);
  assert.equal(compareRuns([verdictOf(24_000, 20), failing]).change, "worse");
  const blind = { ...verdictOf(24_000, 20) };
  const objectives = blind.objectives.map((one) => ({ ...one, status: "unknown" as const, measured: null }));
  assert.equal(compareRuns([verdictOf(24_000, 20), { ...blind, objectives }]).change, "unknown");
});

test("tables show each run and each objective", () => {
  const text = renderComparison(compareRuns([verdictOf(24_000, 20), verdictOf(38_500, 40)]));
  assert.match(text, /requests holds/);
  assert.match(text, /Something got worse/);
  const rows = [
    historyRow({ runId: "b", startedAt: "2026-02" }, verdictOf(24_000, 20), "pass"),
    historyRow({ runId: "a", startedAt: "2026-01" }, verdictOf(24_000, 20), "fail"),
  ];
  assert.match(
    renderHistory(sortHistory(rows)),
    /^started.*\n2026-01 {2}a.*pass.*\[its verdict.json says fail\].*\n2026-02 {2}b.*3 of 3/,
  );
});

test("a verdict that fails now is worse, whatever the objectives say", () => {
  const before = verdictOf(24_000, 20);
  const lost = { ...before, verdict: "fail" as const };
  assert.equal(compareRuns([before, before]).change, "same");
  assert.equal(compareRuns([before, lost]).change, "worse");
  assert.equal(compareRuns([lost, lost]).change, "same", "it failed before, too");
  assert.equal(compareRuns([before, { ...before, verdict: "unknown" }]).change, "unknown");
});
