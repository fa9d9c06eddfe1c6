import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Operation } from "../history.ts";
import type { LiveLoad } from "../load/count/live.ts";
import type { StopPlan } from "../plan.ts";
import { SYNC_STANDBY } from "../platform.ts";
import { conduct } from "./conductor.ts";
import { simulatedPlan, simulatedRun } from "./run.fixture.ts";
import { StopConditions } from "./stop-conditions.ts";

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

test("users without a success for too long end the run during a fault, which is healed", async (context) => {
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

test("a success in between, or a condition that is switched off, does not end the run", async (context) => {
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

const OFF: StopPlan = { ...stopWhen, notRecoveredMs: null };

/** Returns what ended the run of a plan with this load and health, in words. */
async function endOf(
  context: TestContext,
  plan: StopPlan,
  load: Partial<LiveLoad>,
  syncStandby = true,
): Promise<string> {
  const simulated = simulatedRun(context, simulatedPlan({ stopWhen: plan }));
  const { run, platform } = simulated;
  const counts = { usersIntended: 1, workers: 1, requests: 0, failed: 0, dropped: 0 };
  const live = { users: 1, requestsPerSecond: 1, p95Ms: null, failedFraction: 0, ...counts, ...load };
  const standby = {
    id: SYNC_STANDBY,
    name: "standby",
    ok: syncStandby,
    expected: "1",
    seen: syncStandby ? "n2" : "none",
  };
  const looked = { ...run, parts: { ...run.parts, live: () => live }, platform };
  platform.health = async () => [standby];
  const deadline = AbortSignal.timeout(10_000);
  const looking = new StopConditions(looked, { loadEveryMs: 5, healthEveryMs: 5 }).look(
    AbortSignal.any([deadline, run.stop.signal]),
  );
  await looking;
  const control = simulated.timeline().find((event) => event.type === "control");
  return control?.type === "control" && !control.manual ? control.by : "nothing";
}

test("a missing sync standby, failing or slow requests, and the plan's own probes end the run, each by name", async (context) => {
  const probe = { name: "budget", everyMs: 5, forMs: 10 };
  const cases: [StopPlan, Partial<LiveLoad>, RegExp][] = [
    [{ ...OFF, syncStandbyMissingMs: 20 }, {}, /^stop condition sync-standby-missing: .*expected 1, got none/],
    [
      { ...OFF, errorRate: { above: 0.5, forMs: 20 } },
      { failedFraction: 0.6 },
      /^stop condition error-rate: .*over 50 %/,
    ],
    [{ ...OFF, latency: { p95AboveMs: 900, forMs: 20 } }, { p95Ms: 901 }, /^stop condition latency: .*over 900 ms/],
    [{ ...OFF, probes: [{ ...probe, argv: ["false"] }] }, {}, /^stop condition probe budget: budget: exit 1/],
    [
      { ...OFF, probes: [{ ...probe, url: "http://127.0.0.1:9/" }] },
      {},
      /^stop condition probe budget: budget: connection refused: nothing listens at 127.0.0.1:9/,
    ],
  ];
  await Promise.all(
    cases.map(async ([plan, load, says]) => assert.match(await endOf(context, plan, load, false), says)),
  );
});
