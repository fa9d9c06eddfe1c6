import assert from "node:assert/strict";
import { test } from "node:test";
import type { Objective } from "../plan.ts";
import type { Verdict } from "../verdict.ts";
import { judge } from "./judge.ts";
import { cleanRun, evidenceOf, type FakeRun, KILL, objective, probeSamples, toldChecker } from "./run.fixture.ts";

const RECOVERY = objective("recovery-seconds", { under: 30 }, { experiment: KILL.name });
const NOTHING_LOST = objective("lost-writes", { atMost: 0 });
const OBJECTIVES: Objective[] = [RECOVERY, NOTHING_LOST];

function judged(change: (run: FakeRun) => void = () => undefined, checker = toldChecker()): Verdict {
  const run = cleanRun(OBJECTIVES);
  change(run);
  return judge(evidenceOf(run), [checker]);
}

test("a clean run passes, with the four stamps and the users' recovery as an interval", () => {
  const verdict = judged();
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.equal(verdict.exitCode, 0);
  const [experiment] = verdict.experiments;
  assert.equal(experiment?.healedBy, "platform");
  assert.equal(experiment?.bite?.atMs, 20_100);
  assert.equal(experiment?.firstFailureAtMs, 20_150);
  const recovery = experiment?.recovery["order-write"];
  assert.deepEqual([recovery?.lowerMs, recovery?.upperMs], [5_850, 5_955]);
  assert.deepEqual(Object.keys(recovery?.connections ?? {}), ["fresh", "kept"]);
  assert.equal(experiment?.writes.acknowledgedLastSecond, 20);
});

test("a recovery beyond the bound fails, and one that the interval straddles is unknown", () => {
  const late = judged((run) => {
    run.operations = probeSamples("order-write", "kept", [[20_150, 52_000]]);
  });
  assert.equal(late.objectives[0]?.status, "fail");
  const straddled = cleanRun([{ ...RECOVERY, bound: { under: 5.88 } }, NOTHING_LOST]);
  assert.equal(judge(evidenceOf(straddled), [toldChecker()]).verdict, "unknown");
});

test("a recovery that came only after our own heal does not count as the platform's", () => {
  const verdict = judged((run) => {
    run.plan = { ...run.plan, objectives: [{ ...RECOVERY, bound: { under: 60 } }] };
    run.operations = probeSamples("order-write", "kept", [[20_150, 41_000]]);
  });
  assert.equal(verdict.experiments[0]?.healedBy, "gameday");
  assert.equal(verdict.objectives[0]?.status, "unknown");
  assert.match(verdict.objectives[0]?.because ?? "", /not the platform's/);
});

test("if users had not recovered when a run was interrupted, the result is unknown; if the run was stopped because of that, it is a failure", () => {
  const stuck = (command: string, by: string, more: { manual: boolean; condition?: string }) =>
    judged((run) => {
      run.operations = probeSamples("order-write", "kept", [[20_150, 90_000]]);
      run.timeline.push({ atMs: 21_000, type: "control", command, by, ...more });
    }).findings.find((finding) => finding.checker === "users-recover");
  assert.equal(stuck("interrupt", "SIGINT", { manual: true })?.status, "unknown");
  assert.match(stuck("interrupt", "SIGINT", { manual: true })?.because ?? "", /was ended before users had recovered/);
  assert.equal(stuck("stop", "in words", { manual: false, condition: "not-recovered" })?.status, "fail");
  const words = stuck("interrupt", "stop condition not-recovered: users ...", { manual: true });
  assert.equal(words?.status, "unknown", "the words decide nothing");
});

test("lost writes fail, and the finding gives the recovery point", () => {
  const lying = toldChecker({ status: "fail", because: "2 are lost." }, { lost: 2, rpoMs: 300 });
  const verdict = judged(undefined, lying);
  assert.equal(verdict.verdict, "fail");
  assert.equal(verdict.exitCode, 1);
  assert.equal(verdict.experiments[0]?.writes.lost, 2);
  assert.equal(verdict.experiments[0]?.rpo.seconds, 0.4, "0.3 s before the command, which was 0.1 s before the bite");
});

test("a run without objectives, claims and experiments is unknown", () => {
  const run = cleanRun();
  run.plan = { ...run.plan, experiments: [], claims: [] };
  run.timeline = run.timeline.filter(
    (event) => event.type !== "experiment" && event.type !== "fault" && !("experiment" in event),
  );
  const verdict = judge(evidenceOf(run), []);
  assert.equal(verdict.verdict, "unknown");
});

test("residue overrides everything else in the exit code", () => {
  const verdict = judged((run) => run.timeline.push({ atMs: 60_000, type: "residue", what: "nft rule", where: "n1" }));
  assert.equal(verdict.exitCode, 5);
  assert.equal(verdict.verdict, "fail");
});

function judgedWith(thresholds: Readonly<Record<string, readonly string[]>>, change?: (run: FakeRun) => void): Verdict {
  return judged((run) => {
    run.plan = { ...run.plan, load: { ...run.plan.load, thresholds } };
    change?.(run);
  });
}

test("thresholds are rows of the verdict: met, missed, and unknown without samples", () => {
  const verdict = judgedWith({
    http_req_duration: ["p(95) < 100", "max < 25"],
    "http_req_duration{name:refund}": ["p(99) < 800"],
    http_reqs: ["count >= 5400"],
  });
  const rows = verdict.objectives.filter(({ measure }) => measure === "threshold");
  assert.deepEqual(
    rows.map(({ says, status }) => [says, status]),
    [
      ["threshold http_req_duration: p(95) < 100", "pass"],
      ["threshold http_req_duration: max < 25", "fail"],
      ["threshold http_req_duration{name:refund}: p(99) < 800", "unknown"],
      ["threshold http_reqs: count >= 5400", "pass"],
    ],
  );
  assert.deepEqual([rows[1]?.measured, rows[1]?.bound, rows[1]?.unit], [{ value: 29.9 }, { under: 25 }, "ms"]);
  assert.match(rows[1]?.because ?? "", /Max of http_req_duration was 29.9 ms over the whole load/);
  assert.equal(verdict.verdict, "fail");
});

test("a run whose only objective is a threshold without samples is unknown, never pass", () => {
  const verdict = judgedWith({ "http_req_duration{name:refund}": ["p(99) < 800"] });
  assert.equal(verdict.verdict, "unknown");
  assert.equal(judgedWith({ http_req_failed: ["rate < 50%"] }).verdict, "pass");
});

test("the judge finds from the intervals when a threshold ended the run, although later answers improved it", () => {
  const verdict = judgedWith({ http_req_failed: ["rate < 12% abort after 10s"] });
  const [row] = verdict.objectives.filter(({ measure }) => measure === "threshold");
  assert.equal(row?.status, "fail");
  assert.match(row?.because ?? "", /at 23.0 s, when it ended the run/);
});

test("a latency threshold that a stalled generator measured is unknown, and so is a malformed one", () => {
  const verdict = judgedWith({ http_req_duration: ["max < 25"], nonsense: ["soon"] }, (run) => {
    run.intervals = run.intervals.map((one) => ({ ...one, health: { ...one.health, sendLagMsP50: 500 } }));
  });
  const rows = verdict.objectives.filter(({ measure }) => measure === "threshold");
  assert.deepEqual(
    rows.map(({ status }) => status),
    ["unknown", "unknown"],
  );
});

/** Judges the clean run with a second fault of another kind, injected with the first and healed by us at `healedAtMs`. */
function together(healedAtMs: number): Verdict {
  return judged((run) => {
    const second = { ...KILL, name: "the network is slow", fault: "latency" };
    run.plan = {
      ...run.plan,
      experiments: [
        { ...KILL, together: 0 },
        { ...second, together: 0 },
      ],
    };
    const own = run.timeline.filter((event) => "experiment" in event && event.experiment === KILL.name);
    const healing = (event: (typeof own)[number]) =>
      (event.type === "fault" && /heal/.test(event.edge)) || (event.type === "experiment" && event.edge === "end");
    for (const event of own) {
      const atMs = healing(event) ? healedAtMs : event.atMs;
      const told = {
        ...event,
        experiment: second.name,
        atMs,
        ...("witness" in event && { witness: { ...event.witness, atMs } }),
      };
      run.timeline.push(told as (typeof run.timeline)[number]);
    }
    run.timeline.sort((a, b) => a.atMs - b.atMs);
  });
}

test("faults together share one window: each has its own stamps, and all answer for what users felt", () => {
  const { experiments } = together(40_000);
  assert.deepEqual(
    experiments.map(({ name, bite, recovery }) => [name, bite?.atMs, recovery["order-write"]?.upperMs]),
    [
      [KILL.name, 20_100, 5_955],
      ["the network is slow", 20_120, 5_955],
    ],
  );
  assert.deepEqual(
    experiments.map(({ healedBy }) => healedBy),
    ["platform", "platform"],
  );
});

test("after the first heal of a group, a recovery counts as ours only", () => {
  assert.deepEqual(
    together(23_000).experiments.map(({ healedBy }) => healedBy),
    ["gameday", "gameday"],
  );
});
