/** Tests what a worker remembers for a coordinator that is started again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadPlan } from "../../plan.ts";
import { firstEpoch } from "../share.ts";
import { digestOfLoad } from "./envelope.ts";
import type { Job } from "./protocol.ts";
import { RunMemory } from "./run-memory.ts";

const plan = { executor: "constant-vus", workers: 2 } as LoadPlan;
const job: Job = { plan, baseUrl: "http://a", runId: "r", seed: "s", worker: "w1", slot: 1, originNs: "1000" };

function atWork(): RunMemory {
  const memory = new RunMemory();
  memory.hearClock({ offsetNs: 500n, boundNs: 10n });
  memory.translated({ type: "job", job });
  memory.translated({ type: "begin", startAtMs: 7, epoch: firstEpoch(2), data: [] });
  return memory;
}

test("the job's clock is translated, and the load is known by its command", () => {
  const memory = new RunMemory();
  memory.hearClock({ offsetNs: 500n, boundNs: 10n });
  const told = memory.translated({ type: "job", job });
  assert.equal(told.type === "job" && told.job.originNs, "1500");
  assert.equal(memory.running, null);
  assert.equal(atWork().running?.load, digestOfLoad(structuredClone(plan), "http://a"));
  assert.notEqual(atWork().running?.load, digestOfLoad({ ...plan, workers: 3 }, "http://a"));
});

test("a newer epoch, used up iterations and the end are remembered", () => {
  const memory = atWork();
  memory.translated({ type: "epoch", epoch: { ...firstEpoch(2), number: 2, lost: [0] } });
  memory.told({ type: "exhausted" });
  assert.deepEqual(memory.running?.epoch.lost, [0]);
  assert.deepEqual([memory.running?.exhausted, memory.running?.done], [true, false]);
  memory.told({ type: "done" });
  assert.equal(memory.running?.done, true);
});

test("the run's clock stays when the coordinator comes back on its machine, and is carried over to another", () => {
  const memory = atWork();
  memory.hearClock({ offsetNs: 525n, boundNs: 15n });
  assert.equal(memory.running?.originNs, "1000");
  assert.equal(memory.boundMs, 10e-6);
  memory.hearClock({ offsetNs: -2_000n, boundNs: 15n });
  assert.equal(memory.running?.originNs, "3500"); // 1500 on this machine's clock, and 2000 more on the other's
});
