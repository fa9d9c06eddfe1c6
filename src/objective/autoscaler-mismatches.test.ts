import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, samplesOf } from "../autoscaler/autoscaler.fixture.ts";
import { recordedStep, type SyncRecord } from "../autoscaler/recompute.ts";
import { INITIAL_STATE } from "../autoscaler.ts";
import type { Json } from "../std/json.ts";
import type { TimelineEvent } from "../timeline.ts";
import { autoscalerMismatches } from "./autoscaler-mismatches.ts";
import type { Facts } from "./facts.ts";

const CONFIG = configOf({ minReplicas: 3, maxReplicas: 6 }, 50);

function eventOf(record: SyncRecord): TimelineEvent {
  const detail = { config: CONFIG, ...record } as unknown as Json;
  const { atMs, decision, samples } = record;
  return {
    type: "replicas",
    atMs,
    current: samples.currentReplicas,
    ready: 3,
    desired: decision.desiredReplicas,
    detail,
  };
}

/** Returns three consecutive syncs: one that stays at 3, one from 3 to 6, and one that stays at 6. */
function syncs(): SyncRecord[] {
  let state = INITIAL_STATE;
  return [
    [3, 40],
    [3, 120],
    [6, 55],
  ].map(([replicas = 0, percent = 0], at) => {
    const step = recordedStep(CONFIG, state, samplesOf(replicas, percent), at * 15_000);
    state = step.state;
    return step.record;
  });
}

function read(events: readonly TimelineEvent[]) {
  return autoscalerMismatches.read({}, { story: { replicas: events } } as unknown as Facts);
}

test("syncs that follow from their samples and from each other are not mismatches", () => {
  assert.deepEqual(read(syncs().map(eventOf)).range, { lower: 0, upper: 0 });
});

test("a count that does not follow from its samples is a mismatch", () => {
  const records = syncs().map((record, at) =>
    at === 1 ? { ...record, decision: { ...record.decision, desiredReplicas: 4 } } : record,
  );
  const { range, witnesses = [] } = read(records.map(eventOf));
  assert.deepEqual(range, { lower: 1, upper: 1 });
  assert.match(witnesses.join("\n"), /^15\.0 s: its samples give 6 replicas, but it decided 4$/);
});

test("a sync that was left out, and one that scaled to another number than it decided, are a mismatch each", () => {
  const [first, second, third] = syncs().map(eventOf);
  assert.deepEqual(read([first, third] as TimelineEvent[]).range, { lower: 1, upper: 1 });
  assert.deepEqual(read([first, { ...second, desired: 5 }, third] as TimelineEvent[]).range, { lower: 1, upper: 1 });
});

test("a record that cannot be read is a mismatch, not an error", () => {
  const detail = { config: {}, decision: {}, samples: null };
  const { range } = read([{ type: "replicas", atMs: 1, current: 3, ready: 3, desired: 3, detail }]);
  assert.deepEqual(range, { lower: 1, upper: 1 });
});

test("without any sample the measure has no evidence", () => {
  assert.equal(read([{ type: "replicas", atMs: 1, current: 3, ready: 3, desired: 3 }]).range, null);
});
