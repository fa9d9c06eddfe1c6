import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineEvent } from "../timeline.ts";
import { inCurrentFormat } from "./earlier.ts";

const began = (fault: string): TimelineEvent => ({
  atMs: 1,
  type: "experiment",
  experiment: "one",
  fault,
  edge: "begin",
  targets: [],
});

function traitsIn(version: number, fault: string) {
  const [event] = inCurrentFormat(version, [began(fault)]);
  return event?.type === "experiment" ? event.traits : undefined;
}

test("evidence of a version before 3 gets the traits of its faults by their names", () => {
  assert.equal(traitsIn(2, "latency")?.recoversOnlyAfterHeal, true);
  assert.equal(traitsIn(1, "repeated-kills")?.stops, "processes");
  assert.equal(traitsIn(2, "power-off-node")?.stops, "machines");
  assert.equal(traitsIn(2, "something-by-hand"), undefined);
});

test("evidence of version 3 states its facts itself: names and texts mean nothing in it", () => {
  assert.equal(traitsIn(3, "latency"), undefined);
});
