import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadPlan } from "../../plan.ts";
import { ManualClock } from "../../std/clock.ts";
import { unfinishedPhases } from "../../timeline/phases.ts";
import { tellStory } from "../../timeline/story.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { LoadMoments } from "./moments.ts";

function planOf(executor: string, targets: readonly number[], startTarget = 0): LoadPlan {
  const stages = targets.map((target) => ({ durationMs: 1_000, target }));
  const rest = { scenarios: [], workers: 1, gracefulStopMs: 0, env: {}, thresholds: {} };
  return { ...rest, executor, stages, startTarget };
}

test("a load that ends by itself has all phases and all edges, and one that is killed does not", (context) => {
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
