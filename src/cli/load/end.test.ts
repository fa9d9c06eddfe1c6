import assert from "node:assert/strict";
import { test } from "node:test";
import type { World } from "../../cli.ts";
import { aSecond } from "../../interval/interval.fixture.ts";
import { Recorder } from "../../load/count/recorder.ts";
import { barePlan } from "../../plan/bare.ts";
import type { LoadPlan } from "../../plan.ts";
import { ExitCode } from "../../std/errors.ts";
import { type Ended, finish } from "./end.ts";

/** Returns the exit code and the text of a load in which this many iterations were reported, and a worker was lost. */
async function endOf(plan: Partial<LoadPlan>, iterations: number): Promise<{ code: number; text: string }> {
  const end = { code: -1, text: "" };
  const stdout = {
    write: (text: string) => {
      end.text += text;
    },
  };
  const setExitCode = (code: number) => {
    end.code = code;
  };
  const recorder = new Recorder([], false);
  const delta = {
    metric: "iteration_duration",
    count: iterations,
    failed: 0,
    sum: 1,
    min: 1,
    max: 1,
    buckets: [1, iterations],
  };
  recorder.interval(aSecond({ worker: "w1", metrics: [delta] }));
  recorder.event({ atMs: 500, type: "worker", worker: "w0", edge: "lost", lastSequence: 0 });
  const job = { plan: { stages: [{ durationMs: 0, target: 4 }], thresholds: {}, ...plan } as LoadPlan };
  const told = { plan: barePlan({ name: "l", url: "http://a", seed: "s", load: job.plan }), close: async () => null };
  const ended = { recorder, seed: "s", baseUrl: "http://a", json: null, job, told } as unknown as Ended;
  await finish({ stdout, stderr: stdout, setExitCode } as unknown as World, ended, false);
  return end;
}

test("iterations that a lost worker had not done are reported, and make the load unknown", async () => {
  const { code, text } = await endOf({ executor: "shared-iterations", iterations: 400 }, 200);
  assert.equal(code, ExitCode.unknown);
  assert.match(text, /200 of 400 iterations are known to be done/);
  assert.match((await endOf({ executor: "per-vu-iterations", iterations: 30 }, 60)).text, /60 of 120 iterations/);
});

test("a worker lost after all were done, or in a load that lasts for a time, changes nothing", async () => {
  assert.equal((await endOf({ executor: "shared-iterations", iterations: 200 }, 200)).code, ExitCode.pass);
  assert.equal((await endOf({ executor: "constant-vus", iterations: 400 }, 200)).code, ExitCode.pass);
});
