import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

test("units add up, and anything else is not a duration", () => {
  assert.equal(parseDuration("1h30m"), 5_400_000);
  assert.equal(parseDuration("1.5s"), 1500);
  assert.equal(parseDuration(0), 0);
  for (const bad of ["", "5", "5 s", "-1s", "1d", "s", "1e3ms", -1, 250, 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(parseDuration(bad), undefined, String(bad));
  }
});

test("a formatted duration is read back", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 24 * 3_600_000 }), (ms) => parseDuration(formatDuration(ms)) === ms));
});
