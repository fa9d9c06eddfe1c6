/**
 * Removing lines from evidence never makes it pass, neither a single line nor all lines of a kind, even when nothing else reveals
 * that they are missing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../src/evidence.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { judge } from "../../src/verdict/judge.ts";
import { simulateRun } from "../simulator/simulate.ts";

const LIARS = [
  "async-replication",
  "pinned-pool",
  "drops-acknowledged-write",
  "claims-fault-that-did-not-bite",
] as const;

/**
 * Kinds of event that a passing run may lack. Their absence proves nothing, except for the last line of those that the tool
 * itself recorded. There is no heal command for what a platform repairs by itself.
 */
const MAY_BE_NONE = /^(role|replicas|note|gap|restart|control|residue|fault heal-commanded)\b/;

/** Returns the kind of an event: "fault bit", "health after-fault", "phase report begin". */
function kindOf(event: TimelineEvent): string {
  const parts = event as unknown as Record<string, string>;
  return [event.type, parts["phase"], parts["edge"], parts["moment"]].filter((part) => part !== undefined).join(" ");
}

function played(liar: string | null): Evidence {
  const changes = liar === null ? [] : [lieNamed(liar).change];
  return simulateRun({ seed: "11", changes, users: 3, warmUpMs: 2_000, calmMs: 4_000 });
}

/** Returns the evidence with the lines of one part removed that `is` selects. */
function without(evidence: Evidence, part: keyof Parts, is: (line: unknown, at: number) => boolean): Evidence {
  const kept = <T>(lines: Iterable<T>) => [...lines].filter((line, at) => !is(line, at));
  if (part === "timeline") return { ...evidence, timeline: kept(evidence.timeline) };
  if (part === "intervals") return { ...evidence, intervals: () => kept(evidence.intervals()) };
  return { ...evidence, ledger: () => kept(evidence.ledger()) };
}

interface Parts {
  timeline: unknown;
  intervals: unknown;
  ledger: unknown;
}

test("any line of the timeline, and all lines of one type, that a passing run promises: without them nothing passes", () => {
  const whole = played(null);
  assert.equal(judge(whole).verdict, "pass", judge(whole).sentence);
  for (const kind of new Set(whole.timeline.map(kindOf))) {
    const { verdict } = judge(without(whole, "timeline", (line) => kindOf(line as TimelineEvent) === kind));
    assert.equal(verdict, MAY_BE_NONE.test(kind) ? "pass" : "unknown", `without ${kind}`);
  }
  for (const [at, event] of whole.timeline.entries()) {
    if (MAY_BE_NONE.test(kindOf(event))) continue;
    const { verdict } = judge(without(whole, "timeline", (_, line) => line === at));
    assert.equal(verdict, "unknown", `without ${at + 1}: ${kindOf(event)}`);
  }
});

test("any report of the load, and any end of a read: without it nothing passes", () => {
  const whole = played(null);
  for (const at of [...whole.intervals()].keys()) {
    const { verdict } = judge(without(whole, "intervals", (_, line) => line === at));
    assert.notEqual(verdict, "pass", `without report ${at + 1}`);
  }
  for (const [at, { line }] of [...whole.ledger()].entries()) {
    if (line !== "end") continue;
    const { verdict } = judge(without(whole, "ledger", (_, number) => number === at));
    assert.notEqual(verdict, "pass", `without line ${at + 1} of the ledger`);
  }
});

for (const liar of LIARS) {
  test(`no line of the timeline of the liar that ${liar.replaceAll("-", " ")} can be removed to make it pass`, () => {
    const whole = played(liar);
    assert.notEqual(judge(whole).verdict, "pass");
    for (const kind of new Set(whole.timeline.map(kindOf))) {
      const { verdict } = judge(without(whole, "timeline", (line) => kindOf(line as TimelineEvent) === kind));
      assert.notEqual(verdict, "pass", `without ${kind}`);
    }
    for (const at of whole.timeline.keys()) {
      const { verdict } = judge(without(whole, "timeline", (_, line) => line === at));
      assert.notEqual(verdict, "pass", `without ${at + 1}`);
    }
  });
}
