import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import { conduct } from "./conductor.ts";
import { simulatedPlan, simulatedRun } from "./run.fixture.ts";

function beat(atMs: number, ok: boolean): Operation {
  const outcome = ok ? ({ type: "ok", output: null } as const) : ({ type: "unknown", code: "timeout" } as const);
  const times = { intendedAtMs: atMs, invokedAtMs: atMs, completedAtMs: atMs };
  const probe = { class: "order-write", connection: "kept" } as const;
  return {
    id: `p/${atMs}`,
    process: "probe",
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome,
    probe,
    ...times,
  };
}

const stopWhen = { notRecoveredMs: 1_000, syncStandbyMissingMs: null, errorRate: null, latency: null, probes: [] };
const held = simulatedPlan().experiments.map((one) => ({ ...one, holdMs: 60_000 }));

test("users without one success for too long end the run in the middle of a fault, which is healed", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ stopWhen, experiments: held }));
  simulated.run.evidence.onEvent((event) => {
    if (event.type !== "fault" || event.edge !== "bit") return;
    for (const [atMs, ok] of [
      [0, true],
      [100, false],
      [900, false],
      [1_200, false],
    ] as const)
      simulated.run.evidence.operation(beat(atMs, ok));
  });
  const { endedEarly } = await conduct(simulated.run);
  assert.match(endedEarly ?? "", /not-recovered.*order-write/);
  assert.equal(simulated.platform.stopped.size, 0);
  const control = simulated.timeline().find((event) => event.type === "control");
  assert.ok(control?.type === "control" && !control.manual);
});

test("a success in between, or a condition that is switched off, does not", async (context) => {
  const beats = [
    [100, false],
    [900, true],
    [1_200, false],
  ] as const;
  for (const [plan, given] of [
    [{ ...stopWhen }, beats],
    [
      { ...stopWhen, notRecoveredMs: null },
      [
        [100, false],
        [9_000, false],
      ] as const,
    ],
  ] as const) {
    const simulated = simulatedRun(context, simulatedPlan({ stopWhen: plan }));
    simulated.run.evidence.onEvent((event) => {
      if (event.type !== "fault" || event.edge !== "bit") return;
      for (const [atMs, ok] of given) simulated.run.evidence.operation(beat(atMs, ok));
    });
    assert.equal((await conduct(simulated.run)).endedEarly, null);
  }
});
