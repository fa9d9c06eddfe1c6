import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../fault/catalogue.ts";
import type { FaultTraits, TimelineEvent } from "../timeline.ts";
import { judge } from "./judge.ts";
import { cleanRun, evidenceOf, KILL } from "./run.fixture.ts";

/** Judges the clean run as if its fault were of another kind; returns what was not tested. */
function notTested(fault: string, traits: FaultTraits, events: (event: TimelineEvent) => boolean = () => true) {
  const run = cleanRun();
  run.plan = { ...run.plan, experiments: [{ ...KILL, fault }] };
  run.timeline = run.timeline
    .filter(events)
    .map((event) => (event.type === "experiment" ? { ...event, fault, traits } : event));
  return judge(evidenceOf(run)).notTested.map(({ what }) => what);
}

const FSYNC = "whether writes are flushed to disk (fsync)";

test("a run whose faults stop only processes did not test fsync, whatever the name of the fault", () => {
  const silent = FAULTS.filter(({ name, traits }) => !notTested(name, traits).includes(FSYNC)).map(({ name }) => name);
  assert.ok(!silent.includes("repeated-kills"));
  assert.deepEqual(
    silent,
    FAULTS.filter(({ traits }) => traits.stops !== "processes").map(({ name }) => name),
  );
});

test("a fault that removes the leader without a promotion did not test a change of leader", () => {
  const traits: FaultTraits = { stops: "processes", takesLeader: true, recoversOnlyAfterHeal: false };
  const what = `a change of leader in "${KILL.name}"`;
  assert.ok(!notTested("some-kill", traits).includes(what));
  assert.ok(notTested("some-kill", traits, ({ type }) => type !== "role").includes(what));
  assert.ok(!notTested("some-kill", { ...traits, takesLeader: false }, ({ type }) => type !== "role").includes(what));
});
