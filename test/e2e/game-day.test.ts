/** The core of the product on real parts: two failovers under load in the lab, an honest verdict, and nothing left behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../src/std/wait.ts";
import { footprint, leftBehind, settled, untouched } from "./footprint.ts";
import { gameday, readVerdict, start, temporaryFolder } from "./gameday.ts";

const PLAN = "examples/jewelry-shop/smoke.yaml";
const RECOVERY_WIDTH_MS_MAX = 250;

test("two real failovers under load pass, with every figure that the verdict promises, and without residue", async (context) => {
  const before = await untouched(AbortSignal.timeout(30_000));
  const run = join(temporaryFolder(context), "run");
  const { code, stdout, stderr } = await gameday(["run", PLAN, "--seed", "11", "--out", run]);
  assert.equal(code, 0, stdout + stderr);
  const verdict = readVerdict(run);
  assert.equal(verdict.verdict, "pass");
  assert.equal(verdict.exitCode, 0);
  assert.equal(verdict.experiments.length, 2);
  for (const experiment of verdict.experiments) {
    assert.ok(experiment.bite?.witness?.says);
    assert.equal(experiment.healedBy, "platform");
    assert.ok(experiment.writes.acknowledgedLastSecond > 0);
    assert.equal(experiment.writes.lost, 0);
    for (const { lowerMs, upperMs } of Object.values(experiment.recovery)) {
      assert.ok(upperMs !== null && upperMs - lowerMs <= RECOVERY_WIDTH_MS_MAX, `${lowerMs} to ${upperMs}`);
    }
  }
  for (const objective of verdict.objectives) assert.ok(objective.measured !== null, objective.id);
  assert.deepEqual(await settled(before), []);
});

test("a second run at the same time is refused with the name of the first, and SIGKILL of the first leaves nothing", async (context) => {
  const before = await untouched(AbortSignal.timeout(30_000));
  const folder = temporaryFolder(context);
  const first = start(["run", PLAN, "--out", join(folder, "first")]);
  await first.printed(/== load$/m);
  const { code, stderr } = await gameday(["run", PLAN, "--out", join(folder, "second")]);
  assert.equal(code, 4);
  assert.match(stderr, new RegExp(`process ${first.child.pid}`));
  first.child.kill("SIGKILL");
  await first.ended;
  assert.deepEqual(await settled(before), []);
});

test("a planted leak is detected", async () => {
  const before = footprint();
  const planted = spawn("unshare", ["--pid", "--fork", "--kill-child=SIGKILL", "sleep", "60"]);
  try {
    const seen = () => leftBehind(before, footprint()).join();
    await until(() => /processes: \d+ sleep/.test(seen()) && /namespaces: pid/.test(seen()), {
      what: "the planted process and its namespace to be seen",
      deadlineMs: 10_000,
      signal: AbortSignal.timeout(20_000),
      seen,
    });
  } finally {
    planted.kill("SIGKILL");
  }
});
