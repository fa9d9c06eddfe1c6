import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeltOutage } from "./outages.ts";
import { outagesWithin } from "./recovery.ts";

function outage(sentMs: number, failedMs: number): FeltOutage {
  return {
    class: "order-write",
    connection: "kept",
    begin: { lowerMs: sentMs - 50, upperMs: sentMs },
    end: { lowerMs: failedMs + 5000, upperMs: failedMs + 5050 },
    failures: 100,
    firstFailureCompletedMs: failedMs,
    lastFailureSentMs: failedMs + 5000,
    witnesses: ["first", "last"],
  };
}

test("a probe that was in flight when a fault began is a failure of that fault, not of the one before", () => {
  const first = { fromMs: 10_000, toMs: 30_000 };
  const second = { fromMs: 30_000, toMs: 60_000 };
  const inFlight = outage(29_990, 30_010);
  assert.deepEqual(outagesWithin([inFlight], first), []);
  assert.deepEqual(outagesWithin([inFlight], second), [inFlight]);
  assert.deepEqual(outagesWithin([outage(9_990, 10_010)], first).length, 1);
});
