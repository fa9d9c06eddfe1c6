/** Plants a lie for each validity rule: the rule must report it, and a clean run must pass all rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "../status.ts";
import { PHASES, type TimelineEvent } from "../timeline.ts";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, type FakeRun, interval, KILL, objective, toldChecker } from "../verdict/run.fixture.ts";
import { VALIDITY_RULES } from "./catalogue.ts";

interface Lie {
  readonly rule: string;
  readonly says: string;
  readonly status?: Status;
  /** The status of the two objectives, recovery and loss. */
  readonly objectives?: readonly [Status, Status];
  plant(run: FakeRun): void;
}

const without = (run: FakeRun, match: (event: FakeRun["timeline"][number]) => boolean) => {
  run.timeline = run.timeline.filter((event) => !match(event));
};
const isFault = (edge: string) => (event: FakeRun["timeline"][number]) => event.type === "fault" && event.edge === edge;

const LIES: readonly Lie[] = [
  {
    rule: "evidence-sound",
    says: "not sealed",
    objectives: ["unknown", "unknown"],
    plant: (run) => run.flaws.push("not sealed"),
  },
  {
    rule: "run-complete",
    says: "did not run",
    plant: (run) => {
      run.plan = { ...run.plan, experiments: [...run.plan.experiments, { ...KILL, name: "never" }] };
    },
  },
  {
    rule: "run-complete",
    says: "interrupt by SIGINT",
    plant: (run) =>
      run.timeline.push({ atMs: 50_000, type: "control", command: "interrupt", by: "SIGINT", manual: true }),
  },
  {
    rule: "load-kept-pace",
    says: "worker w0 reported nothing after 41.0 s",
    plant: (run) => {
      run.intervals = run.intervals.filter(({ fromMs }) => fromMs <= 40_000);
      without(run, (event) => event.type === "worker" && event.edge === "left");
    },
  },
  {
    rule: "load-kept-pace",
    says: "the last 10 reports of worker w0, from 45.0 s on, never arrived",
    plant: (run) => {
      run.intervals = run.intervals.filter(({ sequence }) => sequence < 44);
      run.timeline.push({ atMs: 55_100, type: "worker", worker: "w0", edge: "left", lastSequence: 53 });
    },
  },
  {
    rule: "load-kept-pace",
    says: "1 report of worker w0",
    plant: (run) => {
      run.intervals = run.intervals
        .filter(({ sequence }) => sequence !== 20)
        .map((one) => (one.sequence < 20 ? one : { ...one, epoch: 1 }));
    },
  },
  {
    rule: "clocks-sane",
    says: "impossible",
    objectives: ["unknown", "unknown"],
    plant: (run) => {
      run.operations = run.operations.map((one, at) =>
        at === 7 ? { ...one, completedAtMs: one.invokedAtMs - 1 } : one,
      );
    },
  },
  {
    rule: "load-kept-pace",
    says: 'ended with a script error, such as script error in "buy": buy.ts:7:3: no luck',
    plant: (run) => {
      const iterations = { metric: "iteration_duration{scenario:buy}", sum: 1, min: 0, max: 1 };
      run.intervals = run.intervals.map((one, at) => {
        const failed = at % 5 === 0 ? 0 : 10;
        return { ...one, metrics: [...one.metrics, { ...iterations, count: 10, failed }] };
      });
      const says = 'script error in "buy": buy.ts:7:3: no luck';
      run.timeline.push({ atMs: 9_000, type: "note", source: "w0", kind: "script-error", says });
    },
  },
  {
    rule: "load-kept-pace",
    says: "users intended",
    plant: (run) => {
      run.intervals = run.intervals.map((one, at) => (at > 20 ? { ...one, users: 5 } : one));
    },
  },
  {
    rule: "load-kept-pace",
    says: "dropped",
    plant: (run) => {
      run.intervals = run.intervals.map((one, at) => (at === 20 ? { ...one, dropped: 3 } : one));
    },
  },
  {
    rule: "load-kept-pace",
    says: "no free local port or descriptor",
    plant: (run) => {
      const metric = "http_req_duration{error:local,expected_response:false,name:buy}";
      const failed = { metric, count: 2, failed: 2, sum: 0, min: 0, max: 0, buckets: [] };
      run.intervals = run.intervals.map((one, at) => (at === 20 ? { ...one, metrics: [...one.metrics, failed] } : one));
    },
  },
  {
    rule: "load-kept-pace",
    says: "never arrived",
    plant: (run) => {
      run.intervals = run.intervals.filter((_, at) => at !== 30);
    },
  },
  {
    rule: "load-kept-pace",
    says: "was lost",
    plant: (run) => run.timeline.push({ atMs: 30_000, type: "worker", worker: "w0", edge: "lost", lastSequence: 28 }),
  },
  { rule: "load-kept-pace", says: "No figures", plant: (run) => void run.intervals.splice(0) },
  {
    rule: "generator-healthy",
    says: "stalled in 10 of 54",
    plant: (run) => {
      const stalled = { ...interval(0, 0, 0).health, loopDelayMsP99: 900 };
      run.intervals = run.intervals.map((one, at) => (at < 10 ? { ...one, health: stalled } : one));
    },
  },
  {
    rule: "load-kept-pace",
    says: "the end of worker w0 was not recorded",
    plant: (run) => without(run, (event) => event.type === "worker" && event.edge === "left"),
  },
  {
    rule: "load-kept-pace",
    says: "its joining was not recorded",
    plant: (run) => without(run, (event) => event.type === "worker"),
  },
  {
    rule: "load-kept-pace",
    says: "the first 2 reports of worker w0 never arrived",
    plant: (run) => {
      run.intervals = run.intervals.filter(({ sequence }) => sequence > 2);
    },
  },
  ...impossible(),
  ...incomplete(),
  {
    rule: "healthy-before",
    says: "before the run, postgres",
    objectives: ["unknown", "unknown"],
    plant: (run) => {
      run.timeline = run.timeline.map((one) =>
        one.type === "health" && one.moment === "before-run" ? { ...one, ok: false } : one,
      );
    },
  },
  {
    rule: "healthy-before",
    says: `health before "${KILL.name}" was not recorded`,
    objectives: ["unknown", "pass"],
    plant: (run) => without(run, (event) => event.type === "health" && event.moment === "before-fault"),
  },
  {
    rule: "faults-bit",
    says: "not seen from inside postgres/n1",
    objectives: ["unknown", "pass"],
    plant: (run) => without(run, isFault("bit")),
  },
  {
    rule: "faults-bit",
    says: "did not bite",
    objectives: ["unknown", "pass"],
    plant: (run) => {
      run.timeline = run.timeline.map((one) =>
        one.type === "fault" && one.edge === "bit"
          ? {
              atMs: one.atMs,
              type: "fault",
              experiment: KILL.name,
              edge: "not-bitten",
              target: one.target,
              because: "still alive",
            }
          : one,
      );
    },
  },
  { rule: "faults-ended", says: "was not seen from inside", plant: (run) => without(run, isFault("healed")) },
  {
    rule: "probes-gapless",
    says: "sent nothing from 20.",
    plant: (run) => {
      run.operations = run.operations.filter((one) => one.invokedAtMs < 20_050 || one.invokedAtMs > 21_000);
    },
  },
  {
    rule: "probes-gapless",
    says: "No probe watched",
    objectives: ["unknown", "pass"],
    plant: (run) => void run.operations.splice(0),
  },
  {
    rule: "ledger-read",
    says: "read completely 1 times",
    plant: (run) => void run.ledger.pop(),
  },
  {
    rule: "ledger-read",
    says: "read 2 names 1 items, but has 0 lines",
    plant: (run) => {
      run.ledger = run.ledger.filter((line) => line.line === "end" || line.read !== 2);
    },
  },
  {
    rule: "ledger-read",
    says: "read 1 counts 1 copies, but shows 3",
    plant: (run) => {
      run.ledger = run.ledger.map((line) => (line.line === "item" && line.read === 1 ? { ...line, count: 3 } : line));
    },
  },
  {
    rule: "ledger-read",
    says: "before all faults had ended",
    plant: (run) => {
      run.ledger = run.ledger.map((line) =>
        line.line === "end" && line.read === 1 ? { ...line, startedAtMs: 30_000 } : line,
      );
    },
  },
  {
    rule: "no-residue",
    says: "nft rule at n1",
    status: "fail",
    plant: (run) => run.timeline.push({ atMs: 60_000, type: "residue", what: "nft rule", where: "n1" }),
  },
];

/** Returns lies with impossible stamps. Each one makes everything unknown that would otherwise pass. */
function impossible(): Lie[] {
  const bend = (change: (run: FakeRun, atMs: number) => Partial<FakeRun>, values: readonly number[]) =>
    values.map(
      (atMs): Lie => ({
        rule: "clocks-sane",
        says: "impossible",
        objectives: ["unknown", "unknown"],
        plant: (run) => void Object.assign(run, change(run, atMs)),
      }),
    );
  const eighth = <T>(all: readonly T[], change: Partial<T>) =>
    all.map((one, at) => (at === 7 ? { ...one, ...change } : one));
  const events = (run: FakeRun, is: (event: TimelineEvent) => boolean, change: object) => ({
    timeline: run.timeline.map((one) => (is(one) ? ({ ...one, ...change } as TimelineEvent) : one)),
  });
  const isSteady = (event: TimelineEvent) => event.type === "load" && event.edge === "steady";
  const gap = { atMs: 60_000, type: "gap", source: "probes", toMs: 5_000, because: "" } as const;
  return [
    ...bend((run, toMs) => ({ intervals: eighth(run.intervals, { toMs }) }), [1e300, 7_000, 5e10]),
    ...bend((run, fromMs) => ({ intervals: eighth(run.intervals, { fromMs }) }), [-1, 1e300]),
    ...bend((run, completedAtMs) => ({ operations: eighth(run.operations, { completedAtMs }) }), [1e300, 1, 1e9]),
    ...bend((run, intendedAtMs) => ({ operations: eighth(run.operations, { intendedAtMs }) }), [1e300, -1, 9_000]),
    ...bend(
      (run, completedAtMs) => ({ ledger: run.ledger.map((one) => ({ ...one, completedAtMs })) }),
      [1e300, 30, 1e9],
    ),
    ...bend((run, atMs) => events(run, (one) => one.type === "experiment", { atMs }), [1e300, 1e9, 3]),
    ...bend((run, atMs) => events(run, isSteady, { atMs }), [1e300, 30_000, 3]),
    ...bend(
      (run, atMs) => events(run, isFault("bit"), { witness: { atMs, says: "", source: "" } }),
      [1e300, 25_000, 18_900],
    ),
    ...bend((run, atMs) => events(run, isFault("healed"), { witness: { atMs, says: "", source: "" } }), [18_900]),
    ...bend((run, fromMs) => ({ timeline: [...run.timeline, { ...gap, fromMs }] }), [1e300, 6_000]),
  ];
}

/** Returns lies with missing lines. Without these lines, nobody can know that the run was complete. */
function incomplete(): Lie[] {
  const gone = (says: string, is: (event: TimelineEvent) => boolean): Lie => ({
    rule: "run-complete",
    says,
    plant: (run) => without(run, is),
  });
  return [
    gone("no recorded begin", (event) => event.type === "experiment" && event.edge === "begin"),
    gone("no recorded end", (event) => event.type === "experiment" && event.edge === "end"),
    gone("did not run", (event) => event.type === "experiment" || event.type === "fault"),
    gone("2 stamps of faults without a command", isFault("commanded")),
    gone("did not reach its full height", (event) => event.type === "load" && event.edge === "steady"),
    gone("ramp-down of the load", (event) => event.type === "load" && event.edge === "ramp-down"),
    ...PHASES.map((phase) =>
      gone(`no complete phase ${phase}`, (event) => event.type === "phase" && event.phase === phase),
    ),
    {
      rule: "run-complete",
      says: "no sample of the autoscaler",
      plant: (run) => {
        const way = { replicas: 10, withinMs: 60_000 };
        run.plan = { ...run.plan, autoscaling: { up: way, down: way } };
      },
    },
    {
      rule: "run-complete",
      says: "planned kill-leader",
      plant: (run) => {
        run.timeline = run.timeline.map((one) => (one.type === "experiment" ? { ...one, fault: "freeze" } : one));
      },
    },
  ];
}

const OBJECTIVES = [
  objective("recovery-seconds", { under: 30 }, { experiment: KILL.name }),
  objective("lost-writes", { atMost: 0 }),
];

for (const { rule, says, status = "unknown", objectives, plant } of LIES) {
  test(`${rule} detects this lie: ${says}`, () => {
    const run = cleanRun(OBJECTIVES);
    plant(run);
    const verdict = judge(evidenceOf(run), [toldChecker()]);
    const finding = verdict.validity.find((one) => one.checker === rule);
    assert.equal(finding?.status, status, finding?.because);
    assert.ok(finding?.because.includes(says), finding?.because);
    assert.notEqual(verdict.verdict, "pass");
    if (objectives !== undefined)
      assert.deepEqual(
        verdict.objectives.map((one) => one.status),
        objectives,
      );
  });
}

test("a clean run passes every rule, and every rule has a lie", () => {
  const verdict = judge(evidenceOf(cleanRun(OBJECTIVES)), [toldChecker()]);
  for (const finding of verdict.validity)
    assert.equal(finding.status, "pass", `${finding.checker}: ${finding.because}`);
  const told = new Set(LIES.map(({ rule }) => rule));
  assert.deepEqual(
    VALIDITY_RULES.filter(({ name }) => !told.has(name)),
    [],
  );
});

test("a gap in the probes far from every fault affects nothing", () => {
  const run = cleanRun(OBJECTIVES);
  run.operations = run.operations.filter((one) => one.invokedAtMs < 5_000 || one.invokedAtMs > 8_000);
  assert.equal(judge(evidenceOf(run), [toldChecker()]).verdict, "pass");
});
