import assert from "node:assert/strict";
import { test } from "node:test";
import { renderFiles } from "../report/render.ts";
import { judge, judgeFully, judgeSoFar } from "./judge.ts";
import { cleanRun, evidenceOf, type FakeRun, objective, toldChecker } from "./run.fixture.ts";

const LOSS = { status: "fail", because: "3 acknowledged writes are not in the ledger." } as const;

/** Returns a run that fails because of a checker, an objective and users who did not recover. */
function failingRun(): FakeRun {
  const run = cleanRun([objective("success-percent", { atLeast: 99 })]);
  run.operations = run.operations.map((one) =>
    one.invokedAtMs > 20_200 ? { ...one, outcome: { type: "unknown", code: "timeout" } } : one,
  );
  return run;
}

function statuses(run: FakeRun, torn?: string) {
  const evidence = { ...evidenceOf(run), ...(torn !== undefined && { torn }) };
  const verdict = judge(evidence, [toldChecker(LOSS)]);
  const all = [...verdict.findings, ...verdict.objectives, ...verdict.experiments];
  return { verdict, fails: all.filter(({ status }) => status === "fail").length };
}

test("the complete evidence fails, and the sentence names the reason", () => {
  const { verdict, fails } = statuses(failingRun());
  assert.equal(verdict.verdict, "fail");
  assert.ok(fails >= 4, String(fails));
});

test("evidence with a part missing accuses nothing, and the sentence keeps what was seen", () => {
  const { verdict, fails } = statuses(failingRun(), "history absent");
  assert.equal(fails, 0);
  assert.equal(verdict.verdict, "unknown");
  assert.equal(verdict.exitCode, 2);
  assert.match(verdict.sentence, /^Unknown: history absent; /);
  assert.match(JSON.stringify(verdict.findings), /history absent\): 3 acknowledged writes are not in the ledger/);
});

test("a run that was never finished accuses nothing, wherever it broke off", () => {
  const whole = failingRun();
  for (const atMs of [8_000, 20_300, 30_000, 40_100, 44_000, 55_500, 59_000, 59_750, 59_900]) {
    const run = { ...whole, timeline: whole.timeline.filter((event) => event.atMs <= atMs) };
    const { verdict, fails } = statuses(run);
    assert.equal(fails, 0, String(atMs));
    assert.equal(verdict.verdict, "unknown", String(atMs));
    assert.doesNotMatch(JSON.stringify(verdict.validity), /Nothing was left behind/, String(atMs));
  }
});

test("a history without an operation counts as absent only where claims or probes would have produced some", () => {
  const run = failingRun();
  run.operations = [];
  assert.match(statuses(run).verdict.sentence, /^Unknown: history absent/);
  run.plan = { ...run.plan, claims: [], probes: null, experiments: [] };
  run.timeline = run.timeline.filter(({ type }) => type !== "experiment" && type !== "fault");
  const { verdict } = statuses(run);
  assert.equal(verdict.objectives[0]?.status, "fail", "a load without probes and claims records nothing else");
});

test("residue is also reported for a run that was never finished", () => {
  const run = failingRun();
  run.timeline = [
    ...run.timeline.filter(({ atMs }) => atMs < 59_900),
    { atMs: 59_950, type: "residue", what: "a rule", where: "n1" },
  ];
  assert.equal(statuses(run).verdict.exitCode, 5);
});

test("before the clean-up and the seal, no file of the report claims that anything has passed", () => {
  const run = cleanRun([objective("success-percent", { atLeast: 50 })]);
  run.plan = { ...run.plan, claims: [] };
  assert.equal(judgeFully(evidenceOf(run)).verdict.verdict, "pass");
  run.timeline = run.timeline.filter(({ atMs }) => atMs <= 59_700);
  const judgement = judgeSoFar({ ...evidenceOf(run), torn: "not sealed" });
  assert.equal(judgement.verdict.exitCode, 2);
  for (const [name, text] of renderFiles(judgement, evidenceOf(run))) {
    assert.doesNotMatch(text, /pass|sealed and unchanged|nothing was left behind/i, name);
    if (name === "junit.xml") assert.match(text, /errors="[1-9]/);
  }
});

test("what has failed by then is reported at once", () => {
  const run = cleanRun([objective("success-percent", { atLeast: 99 })]);
  run.plan = { ...run.plan, claims: [] };
  run.timeline = run.timeline.filter(({ atMs }) => atMs <= 59_700);
  assert.equal(judgeSoFar(evidenceOf(run)).verdict.verdict, "fail");
});
