import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadPlan } from "../../plan.ts";
import { ManualClock } from "../../std/clock.ts";
import { unfinishedPhases } from "../../timeline/phases.ts";
import { tellStory } from "../../timeline/story.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { heightOf, LoadMoments } from "./moments.ts";

function planOf(executor: string, targets: readonly number[], startTarget = 0): LoadPlan {
  const stages = targets.map((target) => ({ durationMs: 1_000, target }));
  const rest = { scenarios: [], workers: 1, gracefulStopMs: 0, env: {}, thresholds: {} };
  return { ...rest, executor, stages, startTarget };
}

for (const [says, plan, expected] of [
  ["a constant load is at its height at once", planOf("constant-vus", [5]), [5, 0, null]],
  ["a ramp reaches it at its end", planOf("ramping-vus", [5, 10]), [10, 2_000, null]],
  ["a ramp up and down leaves it", planOf("ramping-vus", [10, 10, 0]), [10, 1_000, 2_000]],
  ["a ramp down begins at it", planOf("ramping-arrival-rate", [0], 8), [8, 0, 0]],
] as const) {
  test(says, () => {
    const { target, heightMs, declineMs } = heightOf(plan);
    assert.deepEqual([target, heightMs, declineMs], expected);
  });
}

test("a load that comes to its end has all phases and all edges; one that is killed has not", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const clock = new ManualClock();
  const timeline: TimelineEvent[] = [];
  using moments = new LoadMoments(clock, planOf("ramping-vus", [10, 10, 0]), (event) => timeline.push(event));
  const story = () => tellStory(timeline, []);
  moments.deploying();
  moments.began(clock.nowMs());
  for (let second = 0; second < 3; second++) {
    clock.advance(1_000);
    context.mock.timers.tick(1_000);
  }
  assert.ok(unfinishedPhases(story().phases).includes("load"));
  moments.ending();
  moments.ended();
  assert.deepEqual(unfinishedPhases(story().phases), []);
  const { load } = story();
  assert.deepEqual([load.beginMs, load.steadyMs, load.rampDownMs, load.endMs], [0, 1_000, 2_000, 3_000]);
});
