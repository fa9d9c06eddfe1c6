/** The verdict's texts describe what was found, never the claim itself, and name only causes that the evidence leaves open. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineEvent } from "../timeline.ts";
import type { Verdict } from "../verdict.ts";
import { judge } from "./judge.ts";
import {
  cleanRun,
  evidenceOf,
  type FakeRun,
  KILL,
  MOMENTS,
  objective,
  probeSamples,
  toldChecker,
} from "./run.fixture.ts";

const NOTHING_LOST = { ...objective("lost-writes", { atMost: 0 }), says: "no acknowledged order is lost" };
const APP = { id: "app/n2-1", role: "app", node: "n2" };

interface Loss {
  /** The time at which the lost write was acknowledged. */
  readonly atMs: number;
  readonly change?: (run: FakeRun) => void;
}

function lost({ atMs, change }: Loss): Verdict {
  const run = cleanRun([NOTHING_LOST]);
  change?.(run);
  const witnesses = [{ says: "acknowledged, but absent", id: "run-1/w0/u1/7", atMs }];
  const own = { lost: 6, rpoMs: Math.max(0, MOMENTS.commanded - atMs), oldestLostMs: atMs - MOMENTS.commanded };
  return judge(evidenceOf(run), [toldChecker({ status: "fail", because: "6 are lost.", witnesses }, own)]);
}

const causesOf = (verdict: Verdict): string => verdict.objectives[0]?.explanation?.likelyCauses.join("; ") ?? "";

/** Adds the role event with which a watch begins, n1 being the leader. */
function watched(run: FakeRun): void {
  const first = {
    atMs: 600,
    type: "role",
    role: "postgres",
    target: "postgres/n1",
    is: "leader",
    was: "unknown",
  } as const;
  run.timeline.splice(1, 0, first);
  run.timeline = run.timeline.map(
    (event): TimelineEvent => (event.type === "fault" ? { ...event, capability: "stop" } : event),
  );
}

function onApp(run: FakeRun): void {
  watched(run);
  run.timeline = run.timeline
    .filter((event) => event.type !== "role" || event.atMs < MOMENTS.commanded)
    .map((event): TimelineEvent => {
      if (event.type === "experiment") return { ...event, targets: [APP] };
      return event.type === "fault" ? { ...event, target: APP.id } : event;
    });
}

test("the sentence reports a loss with its size, the experiment around it, and the time before its bite", () => {
  const { sentence } = lost({ atMs: 19_000 });
  const says =
    '6 of 900 acknowledged writes of orders were lost, around "kill-postgres", the oldest 1.1 s before its bite';
  assert.equal(sentence, `Fail: ${says}.`);
});

test("replication is a likely cause if the leader died, and not if only processes of the app did", () => {
  assert.match(causesOf(lost({ atMs: 19_000, change: watched })), /^asynchronous replication/);
  const ofApp = causesOf(lost({ atMs: 19_000, change: onApp }));
  assert.doesNotMatch(ofApp, /replication|partition/);
  assert.match(ofApp, /answers before its transaction has committed/);
});

test("a write that was acknowledged while there was no leader was not lost by replication", () => {
  const without = causesOf(lost({ atMs: 22_000, change: watched }));
  assert.doesNotMatch(without, /replication/);
  assert.match(causesOf(lost({ atMs: 26_000, change: watched })), /replication/, "n2 led by then");
});

test("a partition is a likely cause only if traffic was cut", () => {
  assert.doesNotMatch(causesOf(lost({ atMs: 19_000, change: watched })), /minority/);
});

test("writes that were acknowledged after the bite are reported as such, and give no recovery point", () => {
  const after = lost({ atMs: 20_400 }).experiments[0]?.rpo;
  assert.match(after?.says ?? "", /all of them acknowledged after the fault bit, the first 0\.300 s after it/);
  assert.equal(after?.seconds, null);
  assert.equal(lost({ atMs: 20_030 }).experiments[0]?.rpo.seconds, 0.07, "between the command and the bite");
  assert.equal(lost({ atMs: 19_000 }).experiments[0]?.rpo.seconds, 1.1);
});

function felt(
  failing: [number, number][],
  objectives = [objective("recovery-seconds", { under: 30 }, { experiment: KILL.name })],
) {
  const run = cleanRun(objectives);
  run.operations = probeSamples("order-write", "kept", failing);
  return judge(evidenceOf(run), [toldChecker()]);
}

test("users who were served until our own heal felt no outage by the fault", () => {
  const verdict = felt([[40_200, 41_000]]);
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.equal(verdict.experiments[0]?.healedBy, "platform");
  assert.match(verdict.experiments[0]?.because ?? "", /^No outage by the fault: users failed only after our own heal/);
  assert.equal(felt([[40_200, 70_000]]).verdict, "fail", "an outage after the heal that never ends");
});

test("an outage after our heal is still timed, from the heal", () => {
  const late = felt([[40_200, 50_000]], [objective("recovery-seconds", { under: 5 }, { experiment: KILL.name })]);
  assert.equal(late.objectives[0]?.status, "fail");
});

test("no outage is claimed for a time in which no probe was sent", () => {
  const run = cleanRun([]);
  run.operations = probeSamples("order-write", "kept", [[40_200, 41_000]]).filter(
    ({ invokedAtMs }) => invokedAtMs < MOMENTS.commanded || invokedAtMs >= MOMENTS.healCommanded,
  );
  assert.equal(judge(evidenceOf(run), [toldChecker()]).experiments[0]?.status, "unknown");
});

test("users who recovered only by our own heal are unknown, even if no objective covers it", () => {
  const verdict = felt([[20_150, 41_000]], []);
  assert.equal(verdict.verdict, "unknown");
  assert.match(verdict.sentence, /only after our own heal/);
});

test("if the plan accepts a late recovery the experiment passes, and the sentence reports it", () => {
  const accepted = objective("recovery-seconds", { under: 30 }, { experiment: KILL.name, healedBy: "anyone" });
  const verdict = felt([[20_150, 41_000]], [accepted]);
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.match(verdict.sentence, /users recovered from "kill-postgres" only when the fault ended/);
});
