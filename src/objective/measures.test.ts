/** Tests for each measure: the value of a clean run, and a planted lie that makes the run miss the bound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObjectiveVerdict } from "../objective.ts";
import type { Bound } from "../range.ts";
import type { TimelineEvent } from "../timeline.ts";
import { judge } from "../verdict/judge.ts";
import {
  cleanRun,
  evidenceOf,
  type FakeRun,
  interval,
  KILL,
  objective,
  probeSamples,
  toldChecker,
} from "../verdict/run.fixture.ts";
import { MEASURES } from "./catalogue.ts";
import type { Over } from "./measure.ts";

interface Row {
  readonly measure: string;
  readonly over?: Over;
  readonly bound: Bound;
  /** A change that the clean run needs; `clean` is what is then measured: a value or the two ends. */
  readonly given?: (run: FakeRun) => void;
  readonly clean: number | readonly [number, number];
  readonly lie: (run: FakeRun) => void;
  readonly lost?: number;
  readonly duplicated?: number;
}

const OVER_KILL = { experiment: KILL.name };
const slow = (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => interval(at, one.fromMs, 0, 900));
};
const failing = (ofHundred: number) => (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => interval(at, one.fromMs, ofHundred));
};
const idle = (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => (at === 0 ? one : { ...one, metrics: [] }));
};
const idling = (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => (at % 4 === 0 ? one : { ...one, metrics: [] }));
};
const deserted = (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => (at === 20 ? { ...one, users: 9 } : one));
};
const lateRecovery = (run: FakeRun) => {
  run.operations = probeSamples("order-write", "kept", [[20_150, 39_000]]);
};
const replicas = (atMs: number, ready: number, desired: number, detail = {}): TimelineEvent => ({
  atMs,
  type: "replicas",
  current: ready,
  ready,
  desired,
  detail,
});
const upAndDown = (run: FakeRun) =>
  void run.timeline.push(
    replicas(2_000, 3, 6, { utilization: 120, target: 60 }),
    replicas(11_000, 10, 10, { utilization: 60, target: 60 }),
    replicas(59_000, 3, 3, { utilization: 60, target: 60 }),
  );
const stuckReplicas = (run: FakeRun) =>
  void run.timeline.push(
    replicas(2_000, 3, 10, { utilization: 30, target: 60 }),
    replicas(30_000, 6, 4),
    replicas(31_000, 6, 10),
    replicas(32_000, 6, 7),
    replicas(59_500, 6, 10),
  );
const samples = (growth: number) => (run: FakeRun) => {
  for (let at = 0; at < 50; at++) {
    run.timeline.push({
      atMs: 1_000 * at,
      type: "note",
      source: "sample",
      says: "memory",
      detail: { "memory/app": 1000 + at * growth },
    });
  }
};
const memberMissing = (run: FakeRun) => {
  run.timeline = run.timeline.map((one) =>
    one.type === "health" && one.moment === "after-fault" ? { ...one, ok: false } : one,
  );
};
const drifting = (run: FakeRun) => {
  run.intervals = run.intervals.map((one, at) => interval(at, one.fromMs, 0, 20 + at * 2));
};

const ROWS: readonly Row[] = [
  { measure: "recovery-seconds", over: OVER_KILL, bound: { under: 10 }, clean: [5.85, 5.955], lie: lateRecovery },
  {
    measure: "outages",
    bound: { atMost: 2 },
    clean: 2,
    lie: (run) => void run.operations.push(...probeSamples("read", "kept", [[50_000, 50_300]])),
  },
  { measure: "outage-seconds", bound: { under: 8 }, clean: [5.8, 5.955], lie: lateRecovery },
  { measure: "lost-writes", bound: { atMost: 0 }, clean: 0, lie: () => undefined, lost: 3 },
  { measure: "duplicated-writes", bound: { atMost: 0 }, clean: 0, lie: () => undefined, duplicated: 2 },
  { measure: "rpo-seconds", over: OVER_KILL, bound: { atMost: 0 }, clean: 0, lie: () => undefined, lost: 3 },
  { measure: "availability-percent", bound: { atLeast: 99 }, clean: [99.893, 100], lie: failing(10) },
  {
    measure: "success-percent",
    over: { window: "plateau" },
    bound: { atLeast: 80 },
    clean: [87.218, 88.749],
    lie: failing(30),
  },
  ...["p50", "p90", "p95", "p99", "mean", "max"].map((statistic, at): Row => {
    const clean = [24.96, 28.8, 29.312, 29.824, 24.95, 29.9][at] ?? 0;
    return {
      measure: `http_req_duration-${statistic}-ms`,
      over: { name: "sale" },
      bound: { under: 500 },
      clean,
      lie: slow,
    };
  }),
  { measure: "requests", bound: { atLeast: 5000 }, clean: 5400, lie: idle },
  { measure: "requests-per-second-mean", bound: { atLeast: 50 }, clean: 100, lie: idle },
  {
    measure: "requests-per-second-peak",
    bound: { under: 150 },
    clean: 100,
    lie: (run) => run.intervals.push({ ...interval(0, 30_000, 0), worker: "w1" }),
  },
  { measure: "users-active-seconds", over: { users: "10" }, bound: { atLeast: 50 }, clean: 55, lie: deserted },
  { measure: "cycle-seconds-mean", bound: { atMost: 0.2 }, clean: 0.1, lie: idling },
  {
    measure: "replicas-ready-seconds",
    over: { replicas: "10" },
    bound: { under: 30 },
    given: upAndDown,
    clean: [1, 10],
    lie: stuckReplicas,
  },
  {
    measure: "replicas-back-seconds",
    over: { replicas: "3" },
    bound: { under: 4.2 },
    given: upAndDown,
    clean: [0, 4],
    lie: stuckReplicas,
  },
  { measure: "scaling-direction-changes", bound: { atMost: 1 }, given: upAndDown, clean: 1, lie: stuckReplicas },
  { measure: "seconds-desired-above-ready", bound: { under: 10 }, given: upAndDown, clean: 9, lie: stuckReplicas },
  { measure: "autoscaler-mismatches", bound: { atMost: 0 }, given: upAndDown, clean: 0, lie: stuckReplicas },
  {
    measure: "health-checks-unmet",
    over: OVER_KILL,
    bound: { atMost: 0 },
    clean: 0,
    lie: memberMissing,
  },
  {
    measure: "unexpected-restarts",
    bound: { atMost: 0 },
    clean: 0,
    lie: (run) =>
      void run.timeline.push({ atMs: 10_000, type: "restart", target: "app/n1", reason: "OOM", expected: false }),
  },
  {
    measure: "manual-interventions",
    bound: { atMost: 0 },
    clean: 0,
    lie: (run) =>
      void run.timeline.push({ atMs: 10_000, type: "control", command: "users 20", by: "web", manual: true }),
  },
  {
    measure: "slope-percent-per-hour",
    over: { series: "memory" },
    bound: { under: 100 },
    given: samples(0),
    clean: 0,
    lie: samples(10),
  },
  { measure: "p95-drift-percent", bound: { under: 20 }, clean: 0, lie: drifting },
];

function assessed(row: Row, change: (run: FakeRun) => void, lost = 0, duplicated = 0): ObjectiveVerdict | undefined {
  const run = cleanRun([objective(row.measure, row.bound, row.over)]);
  run.plan = {
    ...run.plan,
    claims: [
      {
        ...run.plan.claims[0],
        object: "orders",
        checkers: ["acked-set", "duplicates"],
        options: {},
        source: { kind: "none" },
      },
    ],
  };
  change(run);
  const set = toldChecker(lost > 0 ? { status: "fail" } : {}, { lost, rpoMs: lost * 100 });
  const twice = { ...toldChecker({ checker: "duplicates" }, { duplicated }), name: "duplicates" };
  return judge(evidenceOf(run), [set, twice]).objectives[0];
}

for (const row of ROWS) {
  test(`${row.measure}: a clean run has its value, and a planted lie misses the bound with an explanation`, () => {
    const clean = assessed(row, row.given ?? (() => undefined));
    assert.equal(clean?.status, "pass", clean?.because);
    assert.deepEqual(rounded(clean), row.clean);
    const lying = assessed(row, row.lie, row.lost, row.duplicated);
    assert.equal(lying?.status, "fail", lying?.because);
    assert.ok(lying?.explanation?.expected && lying.explanation.seen && lying.explanation.when);
  });
}

function rounded(verdict: ObjectiveVerdict | undefined): unknown {
  const measured = verdict?.measured ?? null;
  if (measured === null) return null;
  const round = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000);
  return "lower" in measured ? [round(measured.lower), round(measured.upper)] : round(measured.value);
}

test("every measure has a row, and a run without evidence is unknown for each measure that needs some", () => {
  const tested = new Set(ROWS.map(({ measure }) => measure));
  assert.deepEqual(
    MEASURES.map(({ name }) => name).filter((name) => !tested.has(name)),
    [],
  );
  const counts = new Set(["unexpected-restarts", "manual-interventions"]);
  for (const row of ROWS.filter(({ measure }) => !counts.has(measure))) {
    const run = cleanRun([objective(row.measure, row.bound, row.over)]);
    run.plan = { ...run.plan, claims: [] };
    const empty = { ...run, timeline: [], operations: [], intervals: [], ledger: [] };
    const [verdict] = judge(evidenceOf(empty), []).objectives;
    assert.equal(verdict?.status, "unknown", `${row.measure}: ${verdict?.because}`);
  }
});

test("stalled seconds of our own generator make latency unknown, not failed", () => {
  const verdict = assessed(
    { measure: "http_req_duration-p95-ms", bound: { under: 500 }, clean: 0, lie: slow },
    (run) => {
      slow(run);
      run.intervals = run.intervals.map((one) => ({ ...one, health: { ...one.health, loopDelayMsP99: 900 } }));
    },
  );
  assert.equal(verdict?.status, "unknown");
  assert.match(verdict?.because ?? "", /generator itself was stalled/);
});

/** Judges one objective of a run that a function has changed. */
function judged(measure: string, bound: Bound, change: (run: FakeRun) => void, over: Over = {}) {
  return assessed({ measure, bound, over, clean: 0, lie: () => undefined }, change);
}

const silentFrom = (fromMs: number, toMs: number) => (run: FakeRun) => {
  run.operations = run.operations.filter(({ invokedAtMs }) => invokedAtMs < fromMs || invokedAtMs >= toMs);
};

test("a gap in the probes, even outside all faults, may hide an outage, so that no further outage is not proven", () => {
  const blind = judged("outages", { atMost: 2 }, silentFrom(48_000, 52_000));
  assert.equal(blind?.status, "unknown", blind?.because);
  assert.match(blind?.because ?? "", /sent nothing from 4[78]/);
  assert.equal(judged("outages", { atMost: 1 }, silentFrom(48_000, 52_000))?.status, "fail", "two were felt");
  assert.equal(judged("outages", { atMost: 9 }, silentFrom(48_000, 52_000))?.status, "pass", "so many cannot hide");
});

test("a gap in the probes widens the time for which they may have been down", () => {
  const [lower, upper] = rounded(judged("outage-seconds", { under: 8 }, silentFrom(48_000, 52_000))) as number[];
  assert.ok(lower === 5.8 && (upper ?? 0) > 9.9 && (upper ?? 0) < 10.1, `${lower} to ${upper}`);
});

test("probes that were absent from a whole run without faults prove no availability", () => {
  const verdict = judged("outages", { atMost: 0 }, (run) => {
    run.plan = { ...run.plan, experiments: [] };
    run.timeline = run.timeline.filter(({ type }) => type !== "experiment" && type !== "fault");
    run.operations = probeSamples("order-write", "kept", []).slice(0, 3);
  });
  assert.equal(verdict?.status, "unknown", verdict?.because);
});

const broken = (run: FakeRun) =>
  void run.timeline.push({
    atMs: 30_000,
    type: "gap",
    source: "platform watch",
    fromMs: 25_000,
    toMs: 30_000,
    because: "the socket closed",
  });

for (const [measure, given] of [
  ["unexpected-restarts", () => undefined],
  ["scaling-direction-changes", upAndDown],
  ["seconds-desired-above-ready", upAndDown],
] as const) {
  test(`${measure}: what happened while the platform was not watched is unknown`, () => {
    const verdict = judged(measure, { atMost: 100 }, (run) => {
      given(run);
      broken(run);
    });
    assert.equal(verdict?.status, "unknown");
    assert.match(verdict?.because ?? "", /not watched from 25.0 s to 30.0 s/);
  });
}

/** The same replicas as with users alone, but a CPU fault of ours was in force when they were wanted. */
const stressed = (atMs: number, ready: number, desired: number) =>
  replicas(atMs, ready, desired, { conditions: [], ownStress: ["shop-1", "shop-2"] });

test("replicas that were added because of our own CPU fault do not prove that the platform scales on load", () => {
  const verdict = judged(
    "replicas-ready-seconds",
    { under: 30 },
    (run) => void run.timeline.push(replicas(1_500, 3, 3), stressed(2_000, 3, 10), replicas(11_000, 10, 10)),
    { replicas: "10" },
  );
  assert.equal(verdict?.status, "unknown");
  assert.match(
    verdict?.because ?? "",
    /10 replicas were desired at 2.0 s while our own CPU fault in shop-1, shop-2 counted as load for the autoscaler/,
  );
});

test("turns of the desired number that our own CPU fault caused are not held against the platform", () => {
  const turning = (turn: typeof replicas) => (run: FakeRun) =>
    void run.timeline.push(replicas(1_000, 3, 3), replicas(2_000, 3, 6), turn(20_000, 6, 4), turn(30_000, 4, 8));
  assert.equal(judged("scaling-direction-changes", { atMost: 1 }, turning(replicas))?.status, "fail");
  assert.equal(judged("scaling-direction-changes", { atMost: 1 }, turning(stressed))?.status, "unknown");
});

test("replicas that were missing at the last observation may have been missing until the end", () => {
  const verdict = judged("seconds-desired-above-ready", { atMost: 5 }, (run) =>
    run.timeline.push(replicas(10_000, 5, 10)),
  );
  assert.deepEqual([verdict?.status, rounded(verdict)], ["unknown", [0, 45]]);
});

test("requests that a worker never reported may have been made, so that fewer than the bound are not proven", () => {
  const verdict = judged("requests", { atLeast: 5_350 }, (run) => {
    run.intervals = run.intervals.filter(({ sequence }) => sequence !== 30);
  });
  assert.equal(verdict?.status, "unknown", verdict?.because);
  assert.deepEqual(rounded(verdict), [5_300, null]);
});

test("an unknown finding of one claim is not outweighed by the finding of another", () => {
  const run = cleanRun([objective("lost-writes", { atMost: 5 })]);
  const claim = { checkers: ["acked-set"], options: {}, source: { kind: "none" } } as const;
  run.plan = {
    ...run.plan,
    claims: [
      { object: "orders", ...claim },
      { object: "stock", ...claim },
    ],
  };
  const told = toldChecker();
  const ofTwo = {
    ...told,
    begin: (claimed: { object: string }) => {
      const change = claimed.object === "orders" ? ({ status: "fail" } as const) : ({ status: "unknown" } as const);
      const lost = claimed.object === "orders" ? 2 : 0;
      return toldChecker({ ...change, object: claimed.object }, { lost }).begin(claimed as never, {} as never);
    },
  };
  const [verdict] = judge(evidenceOf(run), [ofTwo]).objectives;
  assert.equal(verdict?.status, "unknown", verdict?.because);
});

test("the proven share of requests is rounded outwards, so that the printed bound is never better than the one that decides", () => {
  for (const window of ["plateau", "outside"]) {
    const verdict = judged("success-percent", { atLeast: 80 }, () => undefined, { window });
    const measured = verdict?.measured;
    assert.ok(measured && "lower" in measured, verdict?.because);
    const [, lower, upper] = /proves ([\d.]+) to ([\d.]+) %/.exec(verdict?.because ?? "") ?? [];
    assert.ok(lower !== undefined && Number(lower) <= measured.lower, `${lower} in words`);
    assert.ok(Number(upper) >= (measured.upper ?? 100), `${upper} in words`);
  }
});

test("the observed share of requests is shown beside the proven one", () => {
  const verdict = judged("success-percent", { atLeast: 80 }, () => undefined, { window: "plateau" });
  assert.ok(verdict?.measured, verdict?.because);
  assert.equal(Math.round(verdict.measured.value ?? 0), 88);
});
