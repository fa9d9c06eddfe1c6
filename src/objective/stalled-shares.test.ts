/** A share is an interval that covers everything that may have happened while the generator was stalled; its ends decide. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "../interval.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, interval, objective, toldChecker } from "../verdict/run.fixture.ts";

/** Returns 54 seconds with 100 requests each, of which `failed` fail. The generator is stalled in the first eight seconds. */
function intervals(failed: number): Interval[] {
  return Array.from({ length: 54 }, (_, at) => {
    const one = interval(at, 1_000 + at * 1_000, failed);
    return at < 8 ? { ...one, health: { ...one.health, loopDelayMsP99: 900 } } : one;
  });
}

function judged(
  failed: number,
  bound: { atLeast: number },
  thresholds: Record<string, string[]> = {},
): ObjectiveVerdict[] {
  const run = cleanRun([objective("success-percent", bound)]);
  run.plan = { ...run.plan, load: { ...run.plan.load, thresholds } };
  run.intervals = intervals(failed);
  return [...judge(evidenceOf(run), [toldChecker()]).objectives];
}

test("if no request succeeded, eight stalled seconds of 54 cannot change the result", () => {
  const [row] = judged(100, { atLeast: 99 });
  assert.equal(row?.status, "fail", row?.because);
  assert.match(row?.because ?? "", /800 of them may have gone either way/);
});

test("if all requests succeeded, 80 % is certainly met, and 99 % may not be", () => {
  assert.equal(judged(0, { atLeast: 80 })[0]?.status, "pass");
  assert.equal(judged(0, { atLeast: 99 })[0]?.status, "unknown");
});

test("thresholds over shares are likewise certainly missed, certainly met or unknown", () => {
  const status = (failed: number, expression: string) =>
    judged(failed, { atLeast: 0 }, { http_req_failed: [expression] })[1]?.status;
  assert.equal(status(100, "rate<0.01"), "fail");
  assert.equal(status(0, "rate<0.2"), "pass");
  assert.equal(status(0, "rate<0.01"), "unknown");
  assert.equal(status(100, "rate>0.5"), "pass");
});

test("a latency is not a share, so a stalled generator makes it unknown", () => {
  const run = cleanRun([objective("http_req_duration-p95-ms", { under: 100 })]);
  run.intervals = intervals(0);
  assert.equal(judge(evidenceOf(run), [toldChecker()]).objectives[0]?.status, "unknown");
});
