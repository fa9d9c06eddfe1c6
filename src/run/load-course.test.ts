import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadPlan } from "../plan.ts";
import { conduct } from "./conductor.ts";
import { SimulatedPart, simulatedPlan, simulatedRun } from "./run.fixture.ts";

function planWith(load: Partial<LoadPlan>) {
  const plan = simulatedPlan({ experiments: [] });
  return { ...plan, load: { ...plan.load, ...load } };
}

test("a load with a duration stays for that time", async (context) => {
  const simulated = simulatedRun(context, planWith({ executor: "constant-vus", holdMs: 150 }));
  await conduct(simulated.run);
  const at = new Map(
    simulated.timeline().flatMap((event) => (event.type === "load" ? [[event.edge, event.atMs]] : [])),
  );
  assert.ok((at.get("ramp-down") ?? 0) - (at.get("steady") ?? 0) >= 149);
});

test("a load of iterations ends when they are done, and records from when on there were no users", async (context) => {
  const plan = planWith({ executor: "per-vu-iterations", iterations: 3, iterationsWithinMs: 60_000 });
  const simulated = simulatedRun(context, plan);
  const { promise: exhausted, resolve } = Promise.withResolvers<void>();
  simulated.run.parts.startLoad = async () => Object.assign(new SimulatedPart(), { exhausted });
  simulated.run.evidence.onEvent((event) => {
    if (event.type === "load" && event.edge === "steady") setTimeout(resolve, 60);
  });
  const { endedEarly } = await conduct(simulated.run);
  assert.equal(endedEarly, null);
  const edges = simulated.timeline().flatMap((event) => (event.type === "load" ? [[event.edge, event.users]] : []));
  assert.deepEqual(edges.slice(2), [
    ["ramp-down", 0],
    ["end", 0],
  ]);
});

test("iterations that exceed their time are ended", async (context) => {
  const simulated = simulatedRun(context, planWith({ executor: "shared-iterations", iterationsWithinMs: 80 }));
  simulated.run.parts.startLoad = async () =>
    Object.assign(new SimulatedPart(), { exhausted: new Promise<void>(() => undefined) });
  const { endedEarly } = await conduct(simulated.run);
  assert.equal(endedEarly, null);
  const edges = simulated.timeline().flatMap((event) => (event.type === "load" ? [event.edge] : []));
  assert.deepEqual(edges, ["begin", "steady", "ramp-down", "end"]);
});
