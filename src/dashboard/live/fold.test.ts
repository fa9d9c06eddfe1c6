import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Operation } from "../../history.ts";
import { aSecond } from "../../interval/interval.fixture.ts";
import type { Interval } from "../../interval.ts";
import { outagesOf } from "../../outage/outages.ts";
import { SampleCollector } from "../../outage/samples.ts";
import { Traffic } from "../../report/load/traffic.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { RunClock } from "./clock.ts";
import { LiveFold } from "./fold.ts";
import { LaneFold } from "./lanes.ts";
import { LiveLines } from "./lines.ts";
import { objectivesNow, Trends } from "./objectives.ts";

const FOLDER = fileURLToPath(new URL("../../../test/fixtures/runs/fake", import.meta.url));

function folded(): LiveFold {
  const { plan } = JSON.parse(readFileSync(join(FOLDER, "run.json"), "utf8"));
  const fold = new LiveFold(plan);
  using lines = new LiveLines(FOLDER);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if ("event" in line) fold.event(line.event);
    else if ("interval" in line) fold.interval(line.interval);
    else fold.operation(line.operation);
    fold.takeSeconds(fold.newestMs);
  }
  return fold;
}

function judged() {
  const collector = new SampleCollector();
  for (const line of readFileSync(join(FOLDER, "history.ndjson"), "utf8").trim().split("\n"))
    collector.add(JSON.parse(line) as Operation);
  return collector.streams();
}

test("the first failure of each kind that any worker reports is its example, also after a reset", () => {
  const fold = new LiveFold(JSON.parse(readFileSync(join(FOLDER, "run.json"), "utf8")).plan);
  const metric = "http_req_duration{error:http-503,expected_response:false,name:cart}";
  const metrics = [{ metric, count: 2, failed: 2, sum: 2, min: 1, max: 1 }];
  const example = { name: "cart", error: "http-503", atMs: 5, method: "GET", url: "http://a/cart", status: 503 };
  fold.interval(aSecond({ sequence: 1, metrics, examples: [{ ...example, says: "no primary" }] }));
  fold.interval(aSecond({ worker: "w1", sequence: 1, metrics, examples: [{ ...example, says: "later" }] }));
  const examples = () => fold.traffic.failures().map((failure) => failure.example);
  assert.deepEqual(examples(), ["GET http://a/cart: 503 no primary"]);
  fold.reset(0);
  fold.interval(aSecond({ sequence: 2, fromMs: 1_000, toMs: 2_000, metrics }));
  assert.deepEqual(examples(), ["GET http://a/cart: 503 no primary"]);
});

test("the lanes show the outages that the judge finds", () => {
  const lanes = folded().lanes.lanes(0);
  const expected = judged().map((stream) => [
    `${stream.class}/${stream.connection}`,
    outagesOf(stream).map(({ begin, end, failures }) => ({ fromMs: begin.upperMs, toMs: end?.upperMs, failures })),
  ]);
  assert.deepEqual(
    lanes.map(({ id, outages }) => [id, outages]),
    expected,
  );
  assert.ok(lanes.some(({ outages }) => outages.length > 0));
});

test("an outage that lasts is counted as the judge counts it, although its middle is not kept", () => {
  const lanes = new LaneFold();
  const collector = new SampleCollector();
  const beat = (n: number): Operation => {
    const atMs = n * 50;
    const isDown = atMs >= 10_000 && atMs < 210_000 && n % 97 !== 0; // now and then one gets through
    return {
      ...{ id: `r/${n}`, process: "p", object: "o", kind: "add", input: null, attempt: 1 },
      outcome: isDown ? { type: "unknown", reason: "x" } : { type: "ok", output: null },
      ...{ intendedAtMs: atMs, invokedAtMs: atMs, completedAtMs: atMs + 3 },
      probe: { class: "read", connection: "fresh" },
    } as unknown as Operation;
  };
  const seen: (number | null | undefined)[] = [];
  for (let n = 0; n < 6_000; n++) {
    lanes.operation(beat(n));
    collector.add(beat(n));
    if (n % 500 === 499) seen.push(lanes.lanes(n * 50)[0]?.outages.at(-1)?.toMs);
  }
  const [stream] = collector.streams();
  assert.ok(stream);
  const judged = outagesOf(stream).map(({ begin, end, failures }) => ({
    fromMs: begin.upperMs,
    toMs: end?.upperMs,
    failures,
  }));
  assert.deepEqual(lanes.lanes(300_000)[0]?.outages, judged);
  assert.ok(judged[0] !== undefined && judged[0].failures > 3_900);
  assert.equal(seen.length, 12);
});

test("the requests of the rows are those of the intervals, and so are the seconds", () => {
  const fold = folded();
  const lines = readFileSync(join(FOLDER, "intervals.ndjson"), "utf8").trim().split("\n");
  const intervals = lines.map((line) => JSON.parse(line) as Interval);
  const all = intervals.flatMap(({ metrics }) =>
    metrics.filter(({ metric }) => metric.startsWith("http_req_duration")),
  );
  const count = all.reduce((sum, delta) => sum + delta.count, 0);
  assert.equal(
    fold.traffic.rows().reduce((sum, row) => sum + row.requests, 0),
    count,
  );
  const { ok, failed } = fold.seconds.columns().columns;
  const shown = [...ok, ...failed].reduce<number>((sum, value) => sum + (value ?? 0), 0);
  assert.ok(shown > 0 && shown <= count + 1, `${shown} of ${count}`);
});

test("a reset shows only what came since, and all can be shown again", () => {
  const traffic = new Traffic(5_000);
  const interval = (sequence: number, toMs: number): Interval => ({
    worker: "w0",
    epoch: 1,
    sequence,
    fromMs: toMs - 1_000,
    toMs,
    users: 1,
    usersIntended: 1,
    dropped: 0,
    metrics: [
      {
        metric: "http_req_duration{error:http-503,expected_response:false,name:a}",
        count: 3,
        failed: 0,
        sum: 3,
        min: 1,
        max: 1,
        buckets: [1, 3],
      },
    ],
    health: {
      loopDelayMsP99: 0,
      loopDelayMsMax: 0,
      cpu: 0,
      rssBytes: 0,
      gcPauseMs: 0,
      sendLagMsP50: 0,
      sendLagMsMax: 0,
    },
  });
  for (const [at, toMs] of [4_000, 6_000, 7_000].entries()) traffic.interval(interval(at + 1, toMs));
  traffic.interval(interval(3, 7_000)); // a repeat
  assert.deepEqual(
    traffic.failures().map(({ name, error, count, firstMs, lastMs }) => [name, error, count, firstMs, lastMs]),
    [["a", "http-503", 6, 5_000, 7_000]],
  );
  assert.deepEqual([traffic.rows()[0]?.requests, traffic.rows()[0]?.failed, traffic.rows()[0]?.p95Ms], [6, 6, null]);
});

test("5,000 names and 10,000 events are folded, and only the first 200 names and the last 300 events are shown", () => {
  const { plan } = JSON.parse(readFileSync(join(FOLDER, "run.json"), "utf8"));
  const fold = new LiveFold(plan);
  const metrics = Array.from({ length: 5_000 }, (_, at) => ({
    metric: `http_req_duration{name:n${at}}`,
    count: at + 1,
    failed: 0,
    sum: 1,
    min: 1,
    max: 1,
    buckets: [1, at + 1],
  }));
  const health = {
    loopDelayMsP99: 0,
    loopDelayMsMax: 0,
    cpu: 0,
    rssBytes: 0,
    gcPauseMs: 0,
    sendLagMsP50: 0,
    sendLagMsMax: 0,
  };
  fold.interval({
    worker: "w0",
    epoch: 1,
    sequence: 1,
    fromMs: 0,
    toMs: 1_000,
    users: 1,
    usersIntended: 1,
    dropped: 0,
    metrics,
    health,
  });
  for (let at = 0; at < 10_000; at++)
    fold.event({ atMs: at, type: "note", source: "x", says: String(at) } satisfies TimelineEvent);
  assert.deepEqual(
    [fold.traffic.names, fold.traffic.top(200).length, fold.traffic.top(1)[0]?.name],
    [5_000, 200, "n4999"],
  );
  assert.deepEqual([fold.course.entries.length, fold.course.entries.at(-1)?.seq], [300, 10_000]);
});

test("the run's clock continues from the newest line, whatever the wall clock does", () => {
  let nowMs = 100;
  const clock = new RunClock(() => nowMs);
  assert.equal(clock.nowMs(), 0);
  clock.saw(5_000);
  nowMs += 250;
  assert.equal(clock.nowMs(), 5_250);
  clock.saw(5_100); // an older line
  assert.equal(clock.nowMs(), 5_250);
  clock.end(6_000);
  assert.equal(clock.nowMs(), 6_000);
});

test("missed objectives come first, with the margin that is left, and nothing is green before the verdict", () => {
  const one = (id: string, measured: { lower: number; upper: number } | null) => ({
    id,
    says: id,
    status: "unknown" as const,
    measure: "recovery-seconds",
    unit: "s",
    measured,
    bound: { under: 30 },
    because: "",
    explanation: null,
  });
  const objectives = [one("met", { lower: 7, upper: 7.5 }), one("open", null), one("missed", { lower: 31, upper: 33 })];
  const trends = new Trends();
  for (let atMs = 0; atMs < 1_000; atMs++) trends.add([one("met", { lower: atMs, upper: 1_000 })], atMs);
  const live = objectivesNow([], { objectives, asOfMs: 1, isJudged: false }, trends);
  const { trend = [] } = live.find(({ id }) => id === "met") ?? {};
  assert.ok(trend.length <= 60 && trend.length > 25, `${trend.length} points`);
  assert.deepEqual([trend[0]?.atMs, trend.at(-1)?.atMs], [0, 999]);
  assert.deepEqual(
    live.map(({ id, state, margin }) => [id, state, margin]),
    [
      ["missed", "missed-so-far", -0.1],
      ["open", "open", null],
      ["met", "met-so-far", 0.75],
    ],
  );
});
