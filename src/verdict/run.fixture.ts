/** A small in-memory run for tests: one probe class on two connections, and one kill of a leader. Every part can be changed. */

import type { Checker, Finding } from "../checker.ts";
import { EVIDENCE_VERSION, type Evidence } from "../evidence.ts";
import type { Operation } from "../history.ts";
import type { Interval } from "../interval.ts";
import type { LedgerLine } from "../ledger.ts";
import type { ExperimentPlan, Objective, Plan } from "../plan.ts";
import { DEFAULT_STOP_PLAN } from "../plan.ts";
import { Histogram } from "../std/histogram.ts";
import type { Phase, TimelineEvent } from "../timeline.ts";

export interface FakeRun {
  plan: Plan;
  timeline: TimelineEvent[];
  operations: Operation[];
  intervals: Interval[];
  ledger: LedgerLine[];
  flaws: string[];
}

export const KILL: ExperimentPlan = {
  name: "kill-postgres",
  fault: "kill-leader",
  selector: { role: "postgres", leader: true },
  parameters: {},
  holdMs: 20_000,
  recoverWithinMs: 60_000,
  settleMs: 5_000,
};

/** The moments of the 60 s run: load from 1 s to 55 s, fault commanded at 20 s, bite seen at 20.1 s, healed at 40.5 s. */
export const MOMENTS = {
  loadBegin: 1_000,
  loadEnd: 55_000,
  commanded: 20_000,
  bit: 20_100,
  healCommanded: 40_000,
  healed: 40_500,
  end: 60_000,
};

export function objective(measure: string, bound: Objective["bound"], over: Objective["over"] = {}): Objective {
  return { id: measure, says: `${measure} holds`, measure, bound, over };
}

/** Returns a clean run. Users' writes fail from 20.15 s to 26 s on both connections; everything else succeeds. */
export function cleanRun(objectives: readonly Objective[] = []): FakeRun {
  return {
    plan: fakePlan(objectives),
    timeline: cleanTimeline(),
    operations: [
      ...probeSamples("order-write", "kept", [[20_150, 26_000]]),
      ...probeSamples("order-write", "fresh", [[20_150, 26_000]]),
    ],
    intervals: cleanIntervals(),
    ledger: wholeLedger(),
    flaws: [],
  };
}

export function evidenceOf(run: FakeRun): Evidence {
  return {
    run: {
      version: EVIDENCE_VERSION,
      runId: "run-1",
      plan: run.plan,
      seed: "7",
      command: "gameday run fake.yaml --seed 7",
      startedAt: "2026-01-02T03:04:05.000Z",
      tool: { name: "gameday", version: "0.0.0" },
      environment: {},
    },
    timeline: run.timeline,
    operations: () => run.operations,
    intervals: () => run.intervals,
    ledger: () => run.ledger,
    flaws: run.flaws,
  };
}

function fakePlan(objectives: readonly Objective[]): Plan {
  return {
    version: 1,
    name: "fake",
    seed: "7",
    platform: { kind: "fake" },
    load: {
      scenarios: [{ file: "sale.ts", weight: 1 }],
      executor: "constant-vus",
      stages: [{ durationMs: 54_000, target: 10 }],
      workers: 1,
      gracefulStopMs: 1_000,
      env: {},
      thresholds: {},
    },
    probes: { file: "probes.ts" },
    warmUpMs: 5_000,
    stopWhen: DEFAULT_STOP_PLAN,
    autoscaling: null,
    calmMs: 5_000,
    experiments: [KILL],
    claims: [
      { object: "orders", checkers: ["acked-set"], options: {}, source: { kind: "http", path: "/audit/orders" } },
    ],
    ledger: { quietMs: 1_000, betweenReadsMs: 1_000 },
    cleanUp: null,
    objectives,
  };
}

const LEADER = { id: "postgres/n1", role: "postgres", node: "n1" };

export function cleanTimeline(): TimelineEvent[] {
  const health = { expected: "3 members", seen: "3 members", ok: true, name: "postgres" } as const;
  const fault = { type: "fault", experiment: KILL.name, target: LEADER.id } as const;
  const experiment = { type: "experiment", experiment: KILL.name, fault: KILL.fault, targets: [LEADER] } as const;
  const traits = { stops: "processes", takesLeader: true, recoversOnlyAfterHeal: false } as const;
  const phase = (name: Phase, fromMs: number, toMs: number): TimelineEvent[] => [
    { atMs: fromMs, type: "phase", phase: name, edge: "begin" },
    { atMs: toMs, type: "phase", phase: name, edge: "end" },
  ];
  const events: TimelineEvent[] = [
    ...phase("validation", 400, 600),
    ...phase("load-deployment", 700, 1_100),
    ...phase("load", 1_100, 10_000),
    ...phase("autoscaling-watch", 10_000, 10_000),
    ...phase("experiments", 10_000, 50_000),
    ...phase("scale-down-watch", 55_000, 55_000),
    ...phase("statistics", 55_000, 59_700),
    ...phase("report", 59_700, 59_800),
    ...phase("clean-up", 59_800, MOMENTS.end),
    { atMs: 900, type: "worker", worker: "w0", edge: "joined", lastSequence: 0 },
    { atMs: MOMENTS.loadEnd, type: "worker", worker: "w0", edge: "left", lastSequence: 53 },
    { atMs: 500, type: "health", moment: "before-run", ...health },
    { atMs: MOMENTS.loadBegin, type: "load", edge: "begin", users: 0 },
    { atMs: 5_000, type: "load", edge: "steady", users: 10 },
    { atMs: 19_000, type: "health", moment: "before-fault", experiment: KILL.name, ...health },
    { atMs: 19_500, ...experiment, edge: "begin", traits },
    { atMs: MOMENTS.commanded, ...fault, edge: "commanded" },
    { atMs: 20_120, ...fault, edge: "bit", witness: { atMs: MOMENTS.bit, says: "no process", source: "inside n1" } },
    { atMs: 25_000, type: "role", role: "postgres", target: "postgres/n2", is: "leader", was: "standby" },
    { atMs: MOMENTS.healCommanded, ...fault, edge: "heal-commanded" },
    {
      atMs: 40_600,
      ...fault,
      edge: "healed",
      witness: { atMs: MOMENTS.healed, says: "streaming", source: "inside n1" },
    },
    { atMs: 42_000, type: "health", moment: "after-fault", experiment: KILL.name, ...health },
    { atMs: 42_500, ...experiment, edge: "end" },
    { atMs: MOMENTS.loadEnd, type: "load", edge: "ramp-down", users: 10 },
    { atMs: MOMENTS.loadEnd, type: "load", edge: "end", users: 0 },
    { atMs: 56_000, type: "health", moment: "after-run", ...health },
  ];
  return events.sort((a, b) => a.atMs - b.atMs);
}

/** Returns one probe stream at 20 beats a second from 1 s to 55 s; beats that are sent within one of the spans fail. */
export function probeSamples(
  name: string,
  connection: "kept" | "fresh",
  failing: readonly (readonly [fromMs: number, toMs: number])[],
): Operation[] {
  const samples: Operation[] = [];
  for (let sequence = 0; sequence < 1080; sequence++) {
    const sentMs = MOMENTS.loadBegin + sequence * 50;
    const failed = failing.some(([fromMs, toMs]) => sentMs >= fromMs && sentMs < toMs);
    samples.push(probeSample(name, connection, sequence, sentMs, failed));
  }
  return samples;
}

export function probeSample(
  name: string,
  connection: "kept" | "fresh",
  sequence: number,
  sentMs: number,
  failed: boolean,
): Operation {
  return {
    id: `run-1/probe/${name}-${connection}/${sequence}`,
    process: `probe/${name}/${connection}`,
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome: failed ? { type: "unknown", code: "timeout" } : { type: "ok", output: null },
    intendedAtMs: sentMs,
    invokedAtMs: sentMs,
    completedAtMs: sentMs + (failed ? 400 : 5),
    probe: { class: name, connection },
  };
}

/** Returns the intervals of one worker with 10 users and 100 requests a second from 1 s to 55 s; those from 20 s to 26 s fail. */
export function cleanIntervals(): Interval[] {
  return Array.from({ length: 54 }, (_, sequence) => {
    const fromMs = MOMENTS.loadBegin + sequence * 1_000;
    return interval(sequence, fromMs, fromMs >= 20_000 && fromMs < 26_000 ? 100 : 0);
  });
}

export function interval(sequence: number, fromMs: number, failed: number, answerMs = 20): Interval {
  const histogram = new Histogram();
  for (let number = 0; number < 100; number++) histogram.record(answerMs + number / 10);
  return {
    worker: "w0",
    epoch: 0,
    sequence,
    fromMs,
    toMs: fromMs + 1_000,
    users: 10,
    usersIntended: 10,
    dropped: 0,
    metrics: [{ metric: "http_req_duration{name:sale}", failed, ...histogram.snapshot() }],
    health: {
      loopDelayMsP99: 12,
      loopDelayMsMax: 20,
      cpu: 0.2,
      rssBytes: 1e8,
      gcPauseMs: 1,
      sendLagMsP50: 1,
      sendLagMsMax: 5,
    },
  };
}

function wholeLedger(): LedgerLine[] {
  return [57_000, 59_000].flatMap((startedAtMs, at): LedgerLine[] => [
    { line: "item", read: at + 1, object: "orders", id: "o1", count: 1 },
    {
      line: "end",
      read: at + 1,
      object: "orders",
      startedAtMs,
      completedAtMs: startedAtMs + 100,
      complete: true,
      items: 1,
      copies: 1,
      source: "postgres member n2 (leader)",
    },
  ]);
}

/** Returns a checker with a fixed finding, so that tests of the judge do not depend on the real checkers. */
export function toldChecker(change: Partial<Finding> = {}, own: Readonly<Record<string, number>> = {}): Checker {
  const figures = {
    acknowledged: 900,
    acknowledgedLastSecond: 20,
    lost: 0,
    recovered: 3,
    duplicated: 0,
    unknown: 7,
    rpoMs: 0,
    ...own,
  };
  const finding = {
    checker: "acked-set",
    object: "orders",
    status: "pass",
    because: "All are there.",
    witnesses: [],
  } as const;
  return {
    name: "acked-set",
    claim: "told",
    options: [],
    begin: () => ({
      operation: () => undefined,
      ledger: () => undefined,
      finish: () => ({ ...finding, figures, byExperiment: { [KILL.name]: figures }, ...change }),
    }),
  };
}
