import assert from "node:assert/strict";
import { test } from "node:test";
import { scalingTimes } from "./scaling-times.ts";

test("the tail is the declared window and a few syncs more", () => {
  const autoscaler = { behavior: { scaleDown: { stabilizationWindowSeconds: 30 } }, syncPeriodSeconds: 10 };
  assert.deepEqual(scalingTimes({ kind: "lab", app: { autoscaler } }), {
    upMs: 70_000,
    downMs: 90_000,
    downLeastMs: 30_000,
  });
});

test("omitted settings have Kubernetes' defaults", () => {
  assert.deepEqual(scalingTimes({ kind: "external" }), { upMs: 90_000, downMs: 375_000, downLeastMs: 300_000 });
});
