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

test("evidence of a version before 3 gets the traits of its faults from their names", () => {
  assert.equal(traitsIn(2, "latency")?.recoversOnlyAfterHeal, true);
  assert.equal(traitsIn(1, "repeated-kills")?.stops, "processes");
  assert.equal(traitsIn(2, "power-off-node")?.stops, "machines");
  assert.equal(traitsIn(2, "something-by-hand"), undefined);
});

test("evidence of a version before 3 gets the stop condition and the kind of a note from their texts", () => {
  const by = "stop condition not-recovered: users of order-write: no success for 300 s";
  const events: TimelineEvent[] = [
    { atMs: 1, type: "control", command: "stop", by, manual: false },
    { atMs: 2, type: "control", command: "stop", by: "threshold x: measured 3", manual: false },
    { atMs: 3, type: "note", source: "w0", says: 'script error in "buy": no luck' },
    { atMs: 4, type: "note", source: "w0", says: "run run-1" },
  ];
  assert.deepEqual(inCurrentFormat(2, events), [
    { ...events[0], condition: "not-recovered" },
    events[1],
    { ...events[2], kind: "script-error" },
    events[3],
  ]);
  assert.deepEqual(inCurrentFormat(3, events), events);
});

test("evidence of version 3 states its facts itself, so that names and texts have no meaning in it", () => {
  assert.equal(traitsIn(3, "latency"), undefined);
});

test("traits that do not record whether the fault severs nodes get it from the name of the fault, in any version", () => {
  const traits = { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false } as const;
  const severs = (version: number, fault: string, given?: boolean) => {
    const recorded = given === undefined ? traits : { ...traits, severs: given };
    const [event] = inCurrentFormat(version, [{ ...began(fault), traits: recorded } as TimelineEvent]);
    return event?.type === "experiment" ? event.traits?.severs : undefined;
  };
  assert.deepEqual([severs(3, "partition-node"), severs(3, "latency")], [true, false]);
  assert.deepEqual([severs(3, "partition-node", false), severs(3, "latency", true)], [false, true]);
  assert.equal(traitsIn(2, "partition-node")?.severs, true);
});
