import assert from "node:assert/strict";
import { test } from "node:test";
import { bareRunOf } from "../evidence/bare-run.fixture.ts";
import type { Evidence } from "../evidence.ts";
import { aSecond, IDLE_HEALTH } from "../interval/interval.fixture.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import { LoadFold } from "../objective/load-fold.ts";
import { thresholdFoldOf } from "../objective/threshold-assess.ts";
import { isBare } from "../plan/bare.ts";
import type { LoadPlan } from "../plan.ts";
import { Histogram } from "../std/histogram.ts";
import { PHASES, type TimelineEvent } from "../timeline.ts";
import { judge } from "./judge.ts";
import { judgeLoadAlone } from "./load-alone.ts";

function durations(metric: string, count: number, failed = 0): MetricDelta {
  const histogram = new Histogram();
  for (let made = 0; made < count; made++) histogram.record(5);
  return { metric, failed, ...histogram.snapshot() };
}

const ANSWERED = durations("http_req_duration{name:home}", 80);
const REFUSED = durations("http_req_duration{error:refused,expected_response:false,name:home}", 20, 20);
const UNOPENED = durations("http_req_duration{error:local,expected_response:false,name:home}", 2, 2);
const ITERATIONS = durations("iteration_duration{scenario:s}", 40);
const LATENCY = { http_req_duration: ["p(95) < 100"] };
const FAILED = { http_req_failed: ["rate < 0.1"] };

interface Told {
  readonly metrics: readonly MetricDelta[];
  readonly thresholds?: LoadPlan["thresholds"];
  readonly seconds?: number;
  readonly change?: Partial<Interval>;
  readonly events?: readonly TimelineEvent[];
  readonly load?: Partial<LoadPlan>;
}

/** Returns the timeline of a load that came to its end. */
function courseOf(endMs: number): TimelineEvent[] {
  const phases = PHASES.flatMap((phase) =>
    (["begin", "end"] as const).map((edge): TimelineEvent => ({ atMs: endMs, type: "phase", phase, edge })),
  );
  const worker = { type: "worker", worker: "w0" } as const;
  return [
    { atMs: 0, type: "load", edge: "begin", users: 0 },
    { atMs: 0, ...worker, edge: "joined", lastSequence: 0 },
    { atMs: 0, type: "load", edge: "steady", users: 1 },
    { atMs: endMs, type: "load", edge: "ramp-down", users: 1 },
    { atMs: endMs, ...worker, edge: "left", lastSequence: endMs / 1_000 },
    { atMs: endMs, type: "load", edge: "end", users: 0 },
    ...phases,
  ];
}

/** Judges a load twice: as the command does at its end, and from its folder. */
function verdictsOf({ metrics, thresholds = {}, seconds = 10, change = {}, events = [], load: parts = {} }: Told) {
  const stages = [{ durationMs: 1_000 * seconds, target: 1 }];
  const run = bareRunOf({ stages, thresholds, ...parts });
  const { plan } = run;
  const timeline = [...events, ...courseOf(seconds * 1_000)];
  const intervals = Array.from({ length: seconds }, (_, at) =>
    aSecond({ sequence: at + 1, fromMs: at * 1_000, toMs: (at + 1) * 1_000, metrics, health: IDLE_HEALTH, ...change }),
  );
  const whole = { key: "whole", says: "", spans: [{ fromMs: 0, toMs: 1e9 }], takes: "touching" } as const;
  const wanted = [{ window: "whole", tags: {} }];
  const fold = new LoadFold([whole], wanted, { fromMs: 0, toMs: 1_000 }, thresholdFoldOf(thresholds));
  for (const interval of intervals) fold.add(interval);
  const evidence: Evidence = {
    run,
    timeline,
    operations: () => [],
    intervals: () => intervals,
    ledger: () => [],
    flaws: [],
  };
  return { atOnce: judgeLoadAlone(plan, timeline, fold), later: judge(evidence) };
}

const LOST: TimelineEvent = { atMs: 5_000, type: "worker", worker: "w9", edge: "lost", lastSequence: 0 };
const CUT: TimelineEvent = { atMs: 5_000, type: "control", command: "interrupt", by: "SIGINT", manual: true };
const STALLED = { health: { ...IDLE_HEALTH, loopDelayMsP99: 900 } };
const BUSY = { health: { ...IDLE_HEALTH, cpu: 1 } };

for (const [says, status, told] of [
  ["a load without thresholds that completed iterations", "pass", { metrics: [ANSWERED, ITERATIONS] }],
  ["failing requests that no threshold covers", "pass", { metrics: [ANSWERED, REFUSED, ITERATIONS] }],
  ["thresholds that hold", "pass", { metrics: [ANSWERED, ITERATIONS], thresholds: { ...LATENCY, ...FAILED } }],
  ["a threshold that fails", "fail", { metrics: [ANSWERED, REFUSED, ITERATIONS], thresholds: FAILED }],
  ["a threshold without samples", "unknown", { metrics: [ITERATIONS], thresholds: LATENCY }],
  ["no iteration", "unknown", { metrics: [ANSWERED] }],
  ["a platform that no request reached", "unknown", { metrics: [REFUSED, ITERATIONS] }],
  ["an interrupt", "unknown", { metrics: [ANSWERED, ITERATIONS], events: [CUT] }],
  [
    "a failed threshold in a load cut short",
    "fail",
    { metrics: [REFUSED, ITERATIONS], thresholds: FAILED, events: [CUT] },
  ],
  [
    "workers without free CPU time, and latency",
    "unknown",
    { metrics: [ANSWERED, ITERATIONS], thresholds: LATENCY, change: BUSY },
  ],
  [
    "workers without free CPU time, and a rate",
    "pass",
    { metrics: [ANSWERED, ITERATIONS], thresholds: FAILED, change: BUSY },
  ],
  ["workers without free CPU time, and no threshold", "pass", { metrics: [ANSWERED, ITERATIONS], change: BUSY }],
  [
    "a stalled generator, and latency",
    "unknown",
    { metrics: [ANSWERED, ITERATIONS], thresholds: LATENCY, change: STALLED },
  ],
  ["a stalled generator, and a rate", "pass", { metrics: [ANSWERED, ITERATIONS], thresholds: FAILED, change: STALLED }],
  ["dropped arrivals", "unknown", { metrics: [ANSWERED, ITERATIONS], thresholds: LATENCY, change: { dropped: 1 } }],
  ["no free port for calls", "unknown", { metrics: [ANSWERED, UNOPENED, ITERATIONS], thresholds: LATENCY }],
  ["a lost worker", "unknown", { metrics: [ANSWERED, ITERATIONS], thresholds: LATENCY, events: [LOST] }],
  [
    "iterations of a lost worker",
    "unknown",
    { metrics: [ANSWERED, ITERATIONS], events: [LOST], load: { executor: "shared-iterations", iterations: 1_000 } },
  ],
  [
    "iterations that were all done in spite of a lost worker",
    "pass",
    { metrics: [ANSWERED, ITERATIONS], events: [LOST], load: { executor: "shared-iterations", iterations: 400 } },
  ],
] as const satisfies readonly (readonly [string, string, Told])[]) {
  test(`${status} at the end of the load and from its folder: ${says}`, () => {
    const { atOnce, later } = verdictsOf(told);
    assert.equal(atOnce.status, status, JSON.stringify(atOnce));
    assert.equal(later.verdict, status, later.sentence);
    assert.deepEqual(later.objectives, atOnce.thresholds);
  });
}

test("a plan with anything else to judge is not a load alone, whatever its platform is called", () => {
  const { plan } = bareRunOf();
  assert.equal(isBare(plan), true);
  assert.equal(isBare({ ...plan, claims: [{} as never] }), false);
  assert.equal(isBare({ ...plan, experiments: [{} as never] }), false);
  assert.equal(isBare({ ...plan, objectives: [{} as never] }), false);
});

test("the sentence of a pass reports that the generator was the bottleneck", () => {
  const { later } = verdictsOf({ metrics: [ANSWERED, ITERATIONS], change: STALLED });
  assert.equal(later.verdict, "pass");
  assert.match(later.sentence, /; The load generator itself was stalled in 10 of 10 intervals/);
});
