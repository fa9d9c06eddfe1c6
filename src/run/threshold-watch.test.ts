import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "../interval.ts";
import { interval } from "../verdict/run.fixture.ts";
import { conduct } from "./conductor.ts";
import { simulatedPlan, simulatedRun } from "./run.fixture.ts";

const held = simulatedPlan().experiments.map((one) => ({ ...one, holdMs: 60_000 }));

function planWith(expression: string) {
  const plan = simulatedPlan({ experiments: held });
  return { ...plan, load: { ...plan.load, thresholds: { http_req_failed: [expression] } } };
}

test("a threshold that ends the run does so during a fault, which is healed", async (context) => {
  const simulated = simulatedRun(context, planWith("rate < 10% abort after 2s"));
  let tell: (told: Interval) => void = () => undefined;
  const { startLoad } = simulated.run.parts;
  simulated.run.parts.startLoad = (options) => {
    tell = options.onInterval;
    return startLoad(options);
  };
  simulated.run.evidence.onEvent((event) => {
    if (event.type !== "fault" || event.edge !== "bit") return;
    for (let second = 0; second < 4; second++) tell(interval(second, second * 1_000, 50));
  });
  const { endedEarly } = await conduct(simulated.run);
  assert.match(endedEarly ?? "", /threshold http_req_failed: rate < 10% abort after 2s: measured 0.5/);
  assert.equal(simulated.platform.stopped.size, 0, "healed");
  assert.equal(simulated.load.stops > 0, true);
  const controls = simulated.timeline().filter((event) => event.type === "control");
  assert.equal(controls.length, 1);
});
