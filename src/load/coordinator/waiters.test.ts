import assert from "node:assert/strict";
import { test } from "node:test";
import { Waiters } from "./waiters.ts";

test("who waits in vain is told where the script is stuck", async () => {
  const waiters = new Waiters();
  const stuck = async () => "/scripts/sale.ts:3:5 (setup)";
  const lost = waiters.wait(() => false, "setup to end", stuck, 5);
  await assert.rejects(
    lost,
    /expected setup to end within 0\.005 s, got silence, stuck at \/scripts\/sale\.ts:3:5 \(setup\)/,
  );
  await assert.rejects(
    waiters.wait(
      () => false,
      "setup to end",
      async () => null,
      5,
    ),
    /got silence$/,
  );
});

test("who is heard in time is not asked", async () => {
  const waiters = new Waiters();
  const heard = waiters.wait(
    (message) => message?.type === "ready",
    "workers",
    async () => assert.fail("asked"),
    60_000,
  );
  waiters.look({ type: "ready" });
  await heard;
});
