import assert from "node:assert/strict";
import { test } from "node:test";
import { becomeHealthy, requireHealthy, wholeWithinMs } from "./health.ts";
import { simulatedRun } from "./run.fixture.ts";

const BAD = {
  id: "store",
  name: "store",
  ok: false,
  expected: "an answer",
  seen: "connection refused: nothing listens at 127.0.0.1:9",
};

test("giving up names the failing checks, with the reason of the last look", async (context) => {
  const { run, platform } = simulatedRun(context);
  platform.health = async () => [{ ...BAD, name: "well", ok: true }, BAD];
  const { signal } = run.stop;
  await assert.rejects(requireHealthy(run, { moment: "before-run", deadlineMs: 1, signal }), {
    code: "platform-not-healthy",
    message: /got store: connection refused: nothing listens at 127\.0\.0\.1:9 \(expected an answer\)$/,
  });
});

test("a platform that cannot be queried is reported with its own error", async (context) => {
  const { run, platform } = simulatedRun(context);
  platform.health = () => Promise.reject(new Error("the socket is gone"));
  const wait = { moment: "before-run", deadlineMs: 1, signal: run.stop.signal } as const;
  await assert.rejects(requireHealthy(run, wait), { message: /health: .*the socket is gone/ });
  platform.health = async () => [];
  assert.equal(await becomeHealthy(run, wait), false, "nothing was looked at");
});

test("the wait is extended for a platform whose parts announce that they start slowly", (context) => {
  const { run, platform } = simulatedRun(context);
  const minMs = wholeWithinMs(run);
  const slow = { ...run, platform: Object.assign(Object.create(platform), { readyWithinMs: 240_000 }) };
  assert.ok(minMs < 240_000 && wholeWithinMs(slow) > 240_000);
});
