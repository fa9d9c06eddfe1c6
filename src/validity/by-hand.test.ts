import assert from "node:assert/strict";
import { test } from "node:test";
import { tellStory } from "../timeline/story.ts";
import type { TimelineEvent } from "../timeline.ts";
import { changedByHand } from "./by-hand.ts";

const targets = [{ id: "postgres/n1", role: "postgres", node: "n1" }];
const control = (atMs: number, command: string, manual = true): TimelineEvent => ({
  atMs,
  type: "control",
  command,
  by: "page 1",
  manual,
});
const end: TimelineEvent = { atMs: 90_000, type: "note", source: "run", says: "end" };

function of(...timeline: TimelineEvent[]) {
  return changedByHand(tellStory([...timeline, end], []));
}

test("in a run that was not changed by hand, the finding is absent", () => {
  assert.deepEqual(of(control(1, "mark", false), control(2, "interrupt"), control(3, "stop", false)), {
    findings: [],
    doubts: [],
  });
});

test("from the first change of the load on, the load is in doubt, and the doubt names who changed it", () => {
  const { findings, doubts } = of(control(10_000, "change-load"), control(20_000, "change-load"));
  assert.deepEqual(doubts, [
    { kind: "load", span: { fromMs: 10_000, toMs: 90_000 }, because: "page 1 changed the load by hand at 10.0 s" },
  ]);
  assert.equal(findings[0]?.status, "pass");
  assert.match(findings[0]?.because ?? "", /^2 changes by hand: at 10.0 s page 1 changed the load; at 20.0 s/);
});

test("the load is in doubt while a fault by hand was in force, and a planned fault causes no doubt", () => {
  const edge = (atMs: number, experiment: string, edgeOf: "begin" | "end", byHand: boolean): TimelineEvent => ({
    atMs,
    type: "experiment",
    experiment,
    fault: "kill-leader",
    edge: edgeOf,
    targets,
    ...(byHand && { byHand, holdMs: 1 }),
  });
  const planned = [edge(30_000, "planned", "begin", false), edge(40_000, "planned", "end", false)];
  const byHand = [
    control(50_000, "inject"),
    edge(50_000, "by hand 1", "begin", true),
    edge(60_000, "by hand 1", "end", false),
  ];
  const { doubts } = of(...planned, ...byHand);
  assert.deepEqual(
    doubts.map(({ span }) => span),
    [{ fromMs: 50_000, toMs: 60_000 }],
  );
});
