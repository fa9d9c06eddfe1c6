/** What never succeeded is reported, even if the average is fine; what succeeded at all, or failed under faults only, is not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../checker.ts";
import type { Interval } from "../interval.ts";
import { Histogram } from "../std/histogram.ts";
import type { Verdict } from "../verdict.ts";
import { judge } from "./judge.ts";
import { cleanRun, evidenceOf, interval, MOMENTS, objective, probeSamples, toldChecker } from "./run.fixture.ts";

interface Series {
  readonly metric: string;
  readonly failed: boolean;
  readonly count?: number;
}

/** Judges the clean run with one more series in the intervals that begin at these seconds. */
function judged(seconds: readonly number[], { metric, failed, count = 1 }: Series): Verdict {
  const run = cleanRun([objective("availability-percent", { atLeast: 90 })]);
  const histogram = new Histogram();
  for (let number = 0; number < count; number++) histogram.record(30);
  const delta = { metric, failed: failed ? count : 0, ...histogram.snapshot() };
  run.intervals = run.intervals.map((one) =>
    seconds.includes(one.fromMs / 1000) ? { ...one, metrics: [...one.metrics, delta] } : one,
  );
  return judge(evidenceOf(run), [toldChecker()]);
}

const named = (verdict: Verdict): Finding | undefined =>
  verdict.findings.find(({ checker }) => checker === "succeeds-at-all");
const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

const REFUND = "http_req_duration{error:503,expected_response:false,name:POST /refunds}";

test("15 failures of 15 under a good average are a failure of their own, with the count, the time, and an example", () => {
  const verdict = judged(from(3, 15), { metric: REFUND, failed: true });
  assert.equal(verdict.objectives[0]?.status, "pass", "the average is fine");
  assert.equal(verdict.verdict, "fail");
  assert.match(named(verdict)?.because ?? "", /15 of 15 failed, from 3\.0 s to 18\.0 s, for example with 503/);
  assert.equal(named(verdict)?.object, "request POST /refunds");
  assert.match(verdict.sentence, /POST \/refunds/);
});

test("a name that succeeded once, in any series, is not one that never did", () => {
  const run = judged(from(3, 15), { metric: "http_req_duration{name:POST /refunds}", failed: false });
  assert.equal(named(run), undefined);
});

test("a name tried only while a fault was in force, or too rarely, is unknown, never pass", () => {
  const underFault = judged(from(21, 6), { metric: REFUND, failed: true });
  assert.equal(named(underFault)?.status, "unknown");
  assert.match(named(underFault)?.because ?? "", /while faults were in force/);
  const seldom = judged([3, 5], { metric: REFUND, failed: true });
  assert.equal(named(seldom)?.status, "unknown");
  assert.equal(seldom.verdict, "unknown");
});

test("calls, checks and whole scenarios that never succeed are named too", () => {
  const of = (metric: string) => named(judged(from(3, 9), { metric, failed: true }))?.object;
  assert.equal(of("call_duration{error:refused,name:Orders/Refund}"), "call Orders/Refund");
  assert.equal(of("iteration_duration{scenario:refunds}"), "scenario refunds");
});

test("a check is judged by how often it held", () => {
  const run = cleanRun([objective("availability-percent", { atLeast: 90 })]);
  const check = (sum: number) => ({ metric: "checks{name:has a price}", failed: 0, count: 9, sum, min: 0, max: 1 });
  const withCheck = (sum: number) => {
    run.intervals = cleanRun().intervals.map(
      (one, at): Interval => (at === 2 ? { ...one, metrics: [...one.metrics, check(sum)] } : one),
    );
    return named(judge(evidenceOf(run), [toldChecker()]));
  };
  assert.equal(withCheck(0)?.object, "check has a price");
  assert.equal(withCheck(1), undefined);
});

test("calls that this machine could not open prove nothing about the platform", () => {
  const verdict = judged(from(3, 9), { metric: "http_req_duration{error:local,name:POST /refunds}", failed: true });
  assert.equal(named(verdict), undefined);
});

test("a probe that never received an answer is named", () => {
  const run = cleanRun([objective("availability-percent", { atLeast: 80 })]);
  run.operations = [...run.operations, ...probeSamples("refund", "fresh", [[0, MOMENTS.end]])];
  const finding = named(judge(evidenceOf(run), [toldChecker()]));
  assert.deepEqual([finding?.object, finding?.status], ["probe refund/fresh", "fail"]);
});

test("logins repeated because tokens were rejected are reported, and fail nothing", () => {
  const metric = { metric: "logins_repeated", kind: "counter", failed: 0, count: 3, sum: 3, min: 0, max: 0 } as const;
  const run = cleanRun([objective("availability-percent", { atLeast: 90 })]);
  run.intervals[4] = { ...interval(4, 5_000, 0), metrics: [...interval(4, 5_000, 0).metrics, metric] };
  const verdict = judge(evidenceOf(run), [toldChecker()]);
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.match(verdict.sentence, /3 logins were repeated because tokens were rejected/);
});

test("more failures than requests, or more checks held than made, are not a share: unknown", () => {
  const run = cleanRun([objective("availability-percent", { atLeast: 90 })]);
  run.plan = { ...run.plan, load: { ...run.plan.load, thresholds: { checks: ["rate>0.9"] } } };
  const held = { metric: "checks{name:has a price}", count: 2, failed: 0, sum: 3, min: 0, max: 1 };
  const failed = { metric: "http_req_duration{name:sale}", count: 2, failed: 9, sum: 40, min: 20, max: 20 };
  for (const delta of [held, failed]) {
    run.intervals = cleanRun().intervals.map((one) => ({ ...one, metrics: [...one.metrics, delta] }));
    const { verdict, objectives } = judge(evidenceOf(run), [toldChecker()]);
    assert.equal(verdict, "unknown");
    assert.ok(
      objectives.every(({ status, because }) => status === "unknown" && /impossible|No evidence/.test(because)),
    );
  }
});

test("names that hold an id each, some of which met an outage, fail nothing but are reported", () => {
  const run = cleanRun([objective("availability-percent", { atLeast: 90 })]);
  const dead = (id: number) => ({
    ...new Histogram().snapshot(),
    count: 1,
    sum: 9,
    failed: 1,
    metric: `http_req_duration{name:GET /orders/${id}}`,
  });
  run.intervals = run.intervals.map((one, at) =>
    at >= 20 && at < 26 ? { ...one, metrics: [...one.metrics, dead(at)] } : one,
  );
  const verdict = judge(evidenceOf(run), [toldChecker()]);
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.match(named(verdict)?.because ?? "", /6 names were tried fewer than 5 times each and never succeeded/);
});
