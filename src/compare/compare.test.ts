import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, interval, KILL, objective, probeSamples, toldChecker } from "../verdict/run.fixture.ts";
import type { Verdict } from "../verdict.ts";
import { compareRuns } from "./compare.ts";
import { historyRow, sortHistory } from "./history.ts";
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

test("what differs within noise is the same", () => {
  assert.deepEqual(changes(verdictOf(24_000, 20), verdictOf(25_500, 21)), ["same", "same", "same"]);
});

test("what lies beyond noise is worse or better, by the direction of the bound", () => {
  assert.deepEqual(changes(verdictOf(22_000, 20), verdictOf(30_000, 40)), ["worse", "worse", "same"]);
  assert.deepEqual(changes(verdictOf(30_000, 40), verdictOf(22_000, 20)), ["better", "better", "same"]);
  const fewer = { ...verdictOf(22_000, 20) };
  const objectives = fewer.objectives.map((one) =>
    one.measure === "requests" ? { ...one, measured: { value: 500 } } : one,
  );
  assert.deepEqual(changes(verdictOf(22_000, 20), { ...fewer, objectives }).at(-1), "worse");
});

test("earlier runs that differ among themselves widen the noise", () => {
  assert.equal(changes(verdictOf(22_000, 20), verdictOf(30_000, 20), verdictOf(31_000, 20))[0], "same");
});

test("a status that fell is worse, and what is unknown now cannot be said", () => {
  const failing = verdictOf(52_000, 20);
  assert.equal(compareRuns([verdictOf(24_000, 20), failing]).change, "worse");
  const blind = { ...verdictOf(24_000, 20) };
  const objectives = blind.objectives.map((one) => ({ ...one, status: "unknown" as const, measured: null }));
  assert.equal(compareRuns([verdictOf(24_000, 20), { ...blind, objectives }]).change, "unknown");
});

test("tables show each run and each objective", () => {
  const text = renderComparison(compareRuns([verdictOf(24_000, 20), verdictOf(30_000, 40)]));
  assert.match(text, /requests holds/);
  assert.match(text, /Something got worse/);
  const rows = [
    historyRow({ runId: "b", startedAt: "2026-02" }, verdictOf(24_000, 20)),
    historyRow({ runId: "a", startedAt: "2026-01" }, null),
  ];
  assert.match(renderHistory(sortHistory(rows)), /^started.*\n2026-01 {2}a.*not judged.*\n2026-02 {2}b.*3 of 3/);
});

test("a verdict that fails now is worse, whatever the objectives say", () => {
  const before = verdictOf(24_000, 20);
  const lost = { ...before, verdict: "fail" as const };
  assert.equal(compareRuns([before, before]).change, "same");
  assert.equal(compareRuns([before, lost]).change, "worse");
  assert.equal(compareRuns([lost, lost]).change, "same", "it failed before, too");
  assert.equal(compareRuns([before, { ...before, verdict: "unknown" }]).change, "unknown");
});
