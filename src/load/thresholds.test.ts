import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "../interval.ts";
import { Histogram } from "../std/histogram.ts";
import { abortingThreshold, judgeThresholds, parseThreshold } from "./thresholds.ts";
import { Totals } from "./totals.ts";

function duration(metric: string, values: readonly number[], failed = 0) {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return { metric, failed, ...histogram.snapshot() };
}

function totalsOf(...metrics: Interval["metrics"]): Totals {
  const totals = new Totals();
  const health = {
    loopDelayMsP99: 0,
    loopDelayMsMax: 0,
    cpu: 0,
    rssBytes: 0,
    gcPauseMs: 0,
    sendLagMsP50: 0,
    sendLagMsMax: 0,
  };
  totals.add({
    worker: "w0",
    epoch: 1,
    sequence: 1,
    fromMs: 0,
    toMs: 2_000,
    users: 1,
    usersIntended: 1,
    dropped: 3,
    metrics,
    health,
  });
  return totals;
}

function judged(line: string, totals: Totals) {
  const [result] = judgeThresholds([parseThreshold(line)], totals);
  return [result?.status, result?.measured];
}

const totals = totalsOf(
  duration("http_req_duration{name:checkout,scenario:sale}", [100, 200]),
  duration("http_req_duration{expected_response:false,name:checkout,scenario:sale}", [900, 901], 2),
  duration("http_req_duration{name:browse,scenario:look}", [10, 20, 30, 40]),
  { metric: "checks{name:total,scenario:sale}", count: 4, failed: 1, sum: 3, min: 0, max: 1 },
);

test("a threshold sees exactly the series of its tags", () => {
  assert.deepEqual(judged("http_req_duration{name:checkout}: max < 902", totals), ["pass", 901]);
  assert.deepEqual(judged("http_req_duration{name:checkout}: max < 901", totals), ["fail", 901]);
  assert.deepEqual(judged("http_req_duration{scenario:look}: p(100) <= 40ms", totals), ["pass", 40]);
});

test("failures, counts and rates in k6's names", () => {
  assert.deepEqual(judged("http_req_failed: rate < 1%", totals), ["fail", 0.25]);
  assert.deepEqual(judged("http_reqs: count == 8", totals), ["pass", 8]);
  assert.deepEqual(judged("http_reqs: rate > 3", totals), ["pass", 4]);
  assert.deepEqual(judged("checks: rate > 0.9", totals), ["fail", 0.75]);
  assert.deepEqual(judged("dropped_iterations: count < 1", totals), ["fail", 3]);
});

test("no samples is unknown, never pass", () => {
  assert.deepEqual(judged("http_req_duration{name:refund}: p(99) < 1e9".replace("1e9", "1000000"), totals), [
    "unknown",
    null,
  ]);
  assert.deepEqual(judged("http_req_failed{name:refund}: rate < 1", totals), ["unknown", null]);
});

test("abort waits for its delay", () => {
  const results = judgeThresholds([parseThreshold("http_req_failed: rate < 0.1 abort after 10s")], totals);
  assert.equal(abortingThreshold(results, 9_999), undefined);
  assert.equal(abortingThreshold(results, 10_000)?.status, "fail");
});

test("what is no threshold is refused", () => {
  for (const line of [
    "",
    "p(95)<5",
    "http_req_duration: p95 < 5",
    "a b: max < 1",
    "m: max < x",
    "m: max < 1 abort after soon",
  ])
    assert.throws(() => parseThreshold(line), { name: "GamedayError", code: "bad-threshold" }, line);
});
