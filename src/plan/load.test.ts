import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { LoadPlan } from "../plan.ts";
import { GamedayError } from "../std/errors.ts";
import { estimate } from "./estimate.ts";
import { describeLoad } from "./load-estimate.ts";
import { parsePlan } from "./parse.ts";

const platforms = { fake: z.strictObject({ kind: z.literal("fake") }) };

function planOf(load: string) {
  const text = `name: small\nplatform: { kind: fake }\nload:\n  scenarios: [{ file: sale.ts }]\n${load}`;
  return parsePlan(text, { file: "/plans/small.yaml", environment: {}, platforms }).plan;
}

function shape(load: string): Partial<LoadPlan> {
  const { scenarios: _files, workers: _workers, env: _env, gracefulStopMs: _grace, ...rest } = planOf(load).load;
  return rest;
}

function refused(load: string): GamedayError {
  try {
    planOf(load);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown;
    throw thrown;
  }
  throw new Error(`expected to be refused: ${load}`);
}

const thresholds = {};

test("the six executors have k6's options", () => {
  assert.deepEqual(shape("  executor: constant-vus\n  vus: 20\n  duration: 3m\n"), {
    executor: "constant-vus",
    stages: [{ durationMs: 0, target: 20 }],
    holdMs: 180_000,
    thresholds,
  });
  assert.deepEqual(
    shape(
      "  executor: ramping-vus\n  startVUs: 2\n  stages: [{ duration: 1m, target: 10 }, { duration: 2m, target: 5 }]\n",
    ),
    {
      executor: "ramping-vus",
      startTarget: 2,
      stages: [
        { durationMs: 60_000, target: 10 },
        { durationMs: 120_000, target: 5 },
      ],
      thresholds,
    },
  );
  assert.deepEqual(
    shape(
      "  executor: constant-arrival-rate\n  rate: 90\n  timeUnit: 1m\n  duration: 5m\n  preAllocatedVUs: 4\n  maxVUs: 50\n",
    ),
    {
      executor: "constant-arrival-rate",
      stages: [{ durationMs: 0, target: 1.5 }],
      holdMs: 300_000,
      usersReady: 4,
      usersMax: 50,
      thresholds,
    },
  );
  assert.deepEqual(
    shape(
      "  executor: ramping-arrival-rate\n  startRate: 60\n  timeUnit: 1m\n  stages: [{ duration: 10s, target: 120 }]\n",
    ),
    {
      executor: "ramping-arrival-rate",
      startTarget: 1,
      stages: [{ durationMs: 10_000, target: 2 }],
      thresholds,
    },
  );
  assert.deepEqual(shape("  executor: per-vu-iterations\n  vus: 3\n  iterations: 7\n  maxDuration: 1m\n"), {
    executor: "per-vu-iterations",
    stages: [{ durationMs: 0, target: 3 }],
    iterations: 7,
    iterationsWithinMs: 60_000,
    thresholds,
  });
  assert.deepEqual(shape("  executor: shared-iterations\n  vus: 3\n  iterations: 7\n"), {
    executor: "shared-iterations",
    stages: [{ durationMs: 0, target: 3 }],
    iterations: 7,
    iterationsWithinMs: 600_000,
    thresholds,
  });
});

test("an option of another executor is refused at its line, and the message names that executor", () => {
  for (const [load, line, says] of [
    [
      "  executor: constant-vus\n  stages: [{ duration: 1m, target: 10 }]\n",
      6,
      /an option that constant-vus has, got stages, which it does not have \(ramping-vus/,
    ],
    ["  executor: constant-arrival-rate\n  vus: 5\n  rate: 10\n", 6, /got vus, which it does not have .*maxVUs/],
    ["  executor: constant-arrival-rate\n", 5, /constant-arrival-rate with its rate, got none/],
    ["  executor: ramping-arrival-rate\n  startRate: 5\n", 5, /with its stages, got none/],
    ["  executor: per-vu-iterations\n  duration: 5m\n", 6, /maxDuration bounds them/],
    ["  vus: 5\n  stages: [{ duration: 1m, target: 10 }]\n", 5, /got both/],
    ["  executor: shared-iterations\n  vus: 5\n  iterations: 4\n", 7, /at least one iteration for each of 5 users/],
    [
      "  executor: constant-arrival-rate\n  rate: 9\n  preAllocatedVUs: 9\n  maxVUs: 3\n",
      8,
      /at least preAllocatedVUs/,
    ],
    ["  executor: ramping-vus\n  stages: [{ duration: 1m, target: 1.5 }]\n", 6, /a whole number of users/],
  ] as const) {
    const error = refused(load);
    assert.deepEqual([error.code, error.place?.line], ["plan-invalid", line], `${load}: ${error.message}`);
    assert.match(error.message, says);
  }
});

test("for a misspelt executor or option the message suggests the nearest name", () => {
  assert.match(refused("  executor: constant-arival-rate\n").hint ?? "", /did you mean "constant-arrival-rate"/);
  assert.match(
    refused("  executor: constant-arrival-rate\n  rate: 1\n  preAlocatedVUs: 5\n").hint ?? "",
    /"preAllocatedVUs"/,
  );
});

test("thresholds are written as in k6: as text, a list, or an object that ends the load", () => {
  const load = `  thresholds:
    http_req_failed: rate < 1%
    http_req_duration: ["p(95) < 500", { threshold: p(99) < 800, abortOnFail: true, delayAbortEval: 10s }]
`;
  assert.deepEqual(planOf(load).load.thresholds, {
    http_req_failed: ["rate < 1%"],
    http_req_duration: ["p(95) < 500", "p(99) < 800 abort after 10s"],
  });
});

function estimated(load: string): [number, string] {
  const plan = planOf(`${load}warmUp: 10s\ncalm: 10s\n`);
  const { loadMs } = estimate(plan);
  return [loadMs / 1000, describeLoad(plan.load, loadMs)];
}

test("the estimate gives the length of each executor's load, and how much it does", () => {
  assert.deepEqual(estimated("  executor: constant-vus\n  vus: 30\n  duration: 1m\n"), [
    60,
    "30 users at most for 1m, about 1200 requests (if each user makes one every 1.5 s)",
  ]);
  // A ramp counts half: 60 s with 30 users on average, then 20 s with 60.
  assert.deepEqual(estimated("  vus: 60\n  rampUp: 1m\n"), [
    80,
    "60 users at most for 1m20s, about 2020 requests (if each user makes one every 1.5 s)",
  ]);
  assert.deepEqual(
    estimated("  executor: constant-arrival-rate\n  rate: 600\n  timeUnit: 1m\n  duration: 2m\n  maxVUs: 40\n"),
    [120, "10 iterations/s at most for 2m, 1200 iterations in all; users as they are needed, at most 40"],
  );
  assert.deepEqual(estimated("  executor: ramping-arrival-rate\n  stages: [{ duration: 40s, target: 10 }]\n"), [
    60,
    "10 iterations/s at most for 1m, 400 iterations in all; users as they are needed",
  ]);
  assert.deepEqual(estimated("  executor: per-vu-iterations\n  vus: 5\n  iterations: 40\n"), [
    60,
    "5 users with 40 iterations each, 200 in all, within 10m at most",
  ]);
  assert.deepEqual(estimated("  executor: shared-iterations\n  vus: 10\n  iterations: 100\n  maxDuration: 12s\n"), [
    20,
    "100 iterations shared by 10 users, within 12s at most",
  ]);
});

test("experiments together last as long as the longest of them", () => {
  const length = (experiments: string) => estimate(planOf(`  vus: 1\nexperiments:\n${experiments}`)).loadMs;
  const long = "{ name: a, fault: freeze, hold: 40s, settle: 5s }";
  const short = "{ name: b, fault: kill-leader, hold: 10s, settle: 15s }";
  const longest = "{ name: c, fault: freeze, hold: 40s, settle: 15s }";
  assert.equal(length(`  - together:\n      - ${long}\n      - ${short}\n`), length(`  - ${longest}\n`));
  assert.ok(length(`  - ${long}\n  - ${short}\n`) > length(`  - ${longest}\n`));
});
