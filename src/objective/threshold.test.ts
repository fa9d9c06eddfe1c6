import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLE_HEALTH } from "../interval/interval.fixture.ts";
import { formatMetric } from "../interval/metric.ts";
import { Totals } from "../interval/totals.ts";
import type { Interval } from "../interval.ts";
import { Histogram } from "../std/histogram.ts";
import { judgeThresholds, parseThreshold } from "./threshold.ts";
import { ThresholdFold } from "./threshold-fold.ts";

function duration(metric: string, values: readonly number[], failed = 0) {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return { metric, failed, ...histogram.snapshot() };
}

function intervalOf(second: number, metrics: Interval["metrics"], lengthMs = 1_000): Interval {
  const fromMs = second * 1_000;
  const place = { worker: "w0", epoch: 1, sequence: second + 1, fromMs, toMs: fromMs + lengthMs };
  return { ...place, users: 1, usersIntended: 1, dropped: 3, metrics, health: IDLE_HEALTH };
}

function totalsOf(...metrics: Interval["metrics"]): Totals {
  const totals = new Totals();
  totals.add(intervalOf(0, metrics, 2_000));
  return totals;
}

/** Returns the series of the totals in the form in which workers send them. */
function seriesOf(totals: Totals): Interval["metrics"] {
  return totals.names().flatMap((name) =>
    totals.series({ name, tags: {} }).map(({ metric, histogram, count, failed, sum, min, max }) => ({
      metric: formatMetric(metric.name, metric.tags),
      failed,
      ...(histogram?.snapshot() ?? { count, sum, min, max }),
    })),
  );
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

test("a threshold reads exactly the series with its tags", () => {
  assert.deepEqual(judged("http_req_duration{name:checkout}: max < 902", totals), ["pass", 901]);
  assert.deepEqual(judged("http_req_duration{name:checkout}: max < 901", totals), ["fail", 901]);
  assert.deepEqual(judged("http_req_duration{scenario:look}: p(100) <= 40ms", totals), ["pass", 40]);
});

test("failures, counts and rates have k6's names", () => {
  assert.deepEqual(judged("http_req_failed: rate < 1%", totals), ["fail", 0.25]);
  assert.deepEqual(judged("http_reqs: count == 8", totals), ["pass", 8]);
  assert.deepEqual(judged("http_reqs: rate > 3", totals), ["pass", 4]);
  assert.deepEqual(judged("checks: rate > 0.9", totals), ["fail", 0.75]);
  assert.deepEqual(judged("dropped_iterations: count < 1", totals), ["fail", 3]);
});

test("a percentile above 100 is refused", () => {
  assert.throws(() => parseThreshold("http_req_duration: p(101) < 1"), {
    code: "bad-threshold",
    message: /above p\(100\)/,
  });
});

test("a threshold without samples is unknown, never pass", () => {
  assert.deepEqual(judged("http_req_duration{name:refund}: p(99) < 1e9".replace("1e9", "1000000"), totals), [
    "unknown",
    null,
  ]);
  assert.deepEqual(judged("http_req_failed{name:refund}: rate < 1", totals), ["unknown", null]);
});

test("abort waits for its delay, and a threshold that ended the load has failed whatever came after", () => {
  const fold = new ThresholdFold([
    parseThreshold("http_req_failed: rate < 0.1"),
    parseThreshold("http_req_failed: rate < 0.3 abort after 3s"),
  ]);
  for (let second = 0; second < 20; second++) {
    fold.add(intervalOf(second, [duration("http_req_duration", [1, 2], second < 4 ? 1 : 0)]));
    assert.equal(fold.crossing?.atMs, second < 2 ? undefined : 3_000);
  }
  const [plain, aborting] = fold.results();
  assert.deepEqual([plain?.status, aborting?.status], ["fail", "fail"]);
  assert.deepEqual([plain?.measured, aborting?.measured], [0.1, 0.5]);
});

test("counters are summed and divided by the time, and rates are shares", () => {
  const sums = totalsOf(
    { metric: "sold{scenario:sale}", kind: "counter", count: 3, failed: 0, sum: 12, min: 1, max: 10 },
    { metric: "lucky{scenario:sale}", count: 4, failed: 1, sum: 3, min: 0, max: 1 },
    { metric: "queue{scenario:sale}", kind: "gauge", count: 2, failed: 0, sum: 14, min: 6, max: 8 },
  );
  assert.deepEqual(judged("sold: rate > 5", sums), ["pass", 6]);
  assert.deepEqual(judged("sold: count == 12", sums), ["pass", 12]);
  assert.deepEqual(judged("lucky: rate > 0.8", sums), ["fail", 0.75]);
  assert.deepEqual(judged("queue: value <= 7", sums), ["pass", 7]);
});

test("an optional metric counts as zero only where iterations were counted", () => {
  const iterated = totalsOf(duration("iteration_duration{scenario:sale}", [5]));
  assert.deepEqual(judged("script_errors: count < 1", iterated), ["pass", 0]);
  assert.deepEqual(judged("script_errors{scenario:sail}: count < 1", iterated), ["unknown", null]);
  assert.deepEqual(judged("dropped_iterations: count < 1", new Totals()), ["unknown", null]);
});

const cut = totalsOf(
  duration("http_req_duration{name:page,scenario:sale}", Array(98).fill(10)),
  duration("http_req_interrupted{name:page,scenario:sale}", [5, 4_000, 4_000]),
  { metric: "checks{name:page,scenario:sale}", count: 98, failed: 0, sum: 98, min: 1, max: 1 },
);

test("a call that the end of the load cut off is not a failure; one that hung until then makes every value it could change uncertain", () => {
  assert.deepEqual(judged("http_req_failed: rate < 5%", cut), ["pass", 0]);
  assert.deepEqual(judged("http_req_failed: rate < 1%", cut), ["unknown", 0]);
  assert.deepEqual(judged("http_req_failed: count == 0", cut), ["unknown", 0]);
  assert.deepEqual(judged("checks: rate == 1", cut), ["unknown", 0.98]);
  assert.equal(judged("http_req_duration: p(95) < 20", cut)[0], "pass");
  assert.deepEqual(judged("http_req_duration: p(99) < 20", cut)[0], "fail", "they took 4 s at least");
  assert.deepEqual(judged("http_req_duration: max < 9000", cut), ["unknown", 4_000]);
  assert.deepEqual(judged("http_reqs: count == 98", cut), ["pass", 98]);
  const innocent = totalsOf(
    duration("http_req_duration{name:page}", [10]),
    duration("http_req_interrupted{name:page}", [5, 9]),
  );
  assert.deepEqual(judged("http_req_failed: rate == 0", innocent), ["pass", 0]);
  assert.deepEqual(judged("http_req_duration: max < 11", innocent), ["pass", 10]);
  const unanswered = totalsOf(duration("http_req_interrupted{name:page}", [4_000]));
  assert.deepEqual(judged("http_req_failed: rate < 1%", unanswered), ["unknown", null]);
});

test("the evidence that a fold keeps for its thresholds gives the same result as all of it", () => {
  for (const line of [
    "http_req_failed: rate < 1%",
    "checks{name:page}: rate == 1",
    "http_req_duration{name:page}: max < 9000",
  ]) {
    const fold = new ThresholdFold([parseThreshold(line)]);
    fold.add(intervalOf(0, [...seriesOf(cut)], 2_000));
    assert.equal(fold.results()[0]?.status, "unknown", line);
  }
});

test("a counter that was never incremented is 0 where it would have been counted", () => {
  const quiet = totalsOf(
    duration("iteration_duration{scenario:sale}", [5]),
    duration("http_req_duration{name:page,scenario:sale}", [5]),
    duration("ws_connecting{name:live,scenario:sale}", [5]),
    { metric: "refused{scenario:sale}", kind: "counter", count: 0, failed: 0, sum: 0, min: 0, max: 0 },
  );
  for (const line of [
    "refused: count < 1",
    "refused{scenario:sale}: rate == 0",
    "ws_errors: count < 1",
    "ws_errors{name:live,kind:timeout}: count < 1",
    "logins_repeated: count == 0",
    "http_reqs{status:500}: count == 0",
    "http_reqs{name:page,error:timeout}: count == 0",
    "http_req_failed{error:timeout}: count == 0",
    "data_received: count == 0",
  ])
    assert.deepEqual(judged(line, quiet), ["pass", 0], line);
  for (const line of [
    "sold: count < 1", // no script declares it
    "refused{scenario:other}: count < 1",
    "ws_errors{name:other}: count < 1",
    "http_reqs{name:other}: count == 0",
    "http_req_failed{status:500}: rate == 0",
    "refused: value < 1",
  ])
    assert.deepEqual(judged(line, quiet), ["unknown", null], line);
});

test("tags with braces, commas, colons and quotes match their series", () => {
  const named = totalsOf(
    duration("http_req_duration{name:GET /items/%7Bid%7D}", [7]),
    duration("http_req_duration{name:a%2C b:c}", [8]),
    duration("http_req_duration{name:/a%252Cb,status:200}", [9]),
  );
  assert.deepEqual(judged("http_req_duration{name:GET /items/{id}}: max < 8", named), ["pass", 7]);
  assert.deepEqual(judged('http_req_duration{name:"a, b:c"}: max < 9', named), ["pass", 8]);
  assert.deepEqual(judged("http_req_duration{name:/a%2Cb,status:200}: max < 10", named), ["pass", 9], "not decoded");
  assert.deepEqual(judged("http_req_duration{name:/a%252Cb}: max < 10", named), ["pass", 9], "as a worker writes it");
});

test("a metric that nothing counts, and a statistic that a metric does not have, are refused at once", () => {
  const refused = (line: string, hint: RegExp) =>
    assert.throws(() => parseThreshold(line), { code: "bad-threshold", message: hint }, line);
  refused("http_req_duraton: p(95) < 5", /did you mean "http_req_duration"/);
  refused("http_req_failed: p(95) < 5", /a share/);
  refused("iterations: max < 5", /a count/);
  refused("vus: max < 5", /nothing counts/);
  assert.equal(parseThreshold("my_own_time: p(95) < 5").metric.name, "my_own_time");
});

test("a malformed threshold is refused", () => {
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
