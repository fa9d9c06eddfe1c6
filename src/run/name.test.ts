import assert from "node:assert/strict";
import { test } from "node:test";
import { runName } from "./name.ts";

test("a run's name is safe in paths and URLs, whatever the name of the plan", () => {
  const at = new Date("2026-02-03T04:05:06.789Z");
  assert.equal(runName("jewelry-shop quick", at, "7"), "jewelry-shop-quick-20260203-040506789-7");
  assert.equal(runName("../../etc/passwd", at, "$(rm)"), "etc-passwd-20260203-040506789-rm");
  assert.equal(runName("店", at, "7"), "run-20260203-040506789-7");
});
