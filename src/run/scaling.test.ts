import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedRun } from "./run.fixture.ts";
import { ReplicaWatch } from "./scaling.ts";

const seen = (ready: number, desired: number) => ({
  type: "replicas" as const,
  atMs: 0,
  current: desired,
  ready,
  desired,
});

test("scaling up is reached by more replicas than requested, scaling down by fewer", async (context) => {
  const { run } = simulatedRun(context);
  const watch = new ReplicaWatch();
  watch.see(seen(7, 7));
  await watch.reach(run, { replicas: 6, withinMs: 0 }, "up");
  watch.see(seen(3, 3));
  await watch.reach(run, { replicas: 4, withinMs: 0 }, "down");
});

test("replicas that are only desired, or still present, do not count as reached; the timeline reports it and the run goes on", async (context) => {
  const { run, timeline } = simulatedRun(context);
  const watch = new ReplicaWatch();
  watch.see(seen(4, 6));
  await watch.reach(run, { replicas: 6, withinMs: 10 }, "up");
  watch.see(seen(6, 3));
  await watch.reach(run, { replicas: 3, withinMs: 10 }, "down");
  const notes = timeline().flatMap((event) => (event.type === "note" ? [event.says] : []));
  assert.match(notes[0] ?? "", /at least 6 ready replicas.*4 ready/);
  assert.match(notes[1] ?? "", /at most 3 ready replicas.*6 ready/);
});
