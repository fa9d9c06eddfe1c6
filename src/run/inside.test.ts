import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunParts } from "../run.ts";
import { conduct } from "./conductor.ts";
import { killLeader, SimulatedPart, simulatedPlan, simulatedRun } from "./run.fixture.ts";

const withInside = simulatedPlan({ experiments: [{ ...killLeader, insideProbes: "/nowhere/inside.ts" }] });

test("clients on the target's node write from before the fault until after its healing, under their own names", async (context) => {
  const simulated = simulatedRun(context, withInside);
  const { platform, run } = simulated;
  const order = platform.done;
  platform.inside = async (node) => {
    order.push(`open ${node}`);
    return {
      node,
      baseUrl: "http://127.0.0.1:8",
      enter: ["enter"],
      [Symbol.asyncDispose]: async () => void order.push("close"),
    };
  };
  const started: Parameters<RunParts["startProbes"]>[0][] = [];
  const begin = run.parts.startProbes;
  Object.assign(run.parts, {
    startProbes: (options: Parameters<RunParts["startProbes"]>[0]) => {
      started.push(options);
      return options.inside === undefined ? begin(options) : Promise.resolve(new SimulatedPart());
    },
  });
  await conduct(run);
  const inside = started[1];
  assert.deepEqual(inside?.inside, { enter: ["enter"], name: "inside/1/n1" });
  assert.equal(inside?.baseUrl, "http://127.0.0.1:8");
  assert.deepEqual(order.slice(1, 5), ["open n1", "apply postgres/n1", "revert postgres/n1", "close"]);
});

test("a platform without such places aborts the experiment, and the timeline reports it", async (context) => {
  const simulated = simulatedRun(context, withInside);
  await conduct(simulated.run);
  const aborted = simulated.timeline().find((event) => event.type === "experiment" && event.edge === "aborted");
  assert.match(aborted?.type === "experiment" ? (aborted.because ?? "") : "", /clients can run.*"simulated"/);
  assert.equal(simulated.platform.done.includes("apply postgres/n1"), false);
});
