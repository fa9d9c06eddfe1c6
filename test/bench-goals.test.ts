import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { atLeast, met, notHere, say, withLastFigures } from "../bench/goals.ts";

test("a peer that is not installed is not a miss, and keeps its last figure with its date", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-goals-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "results.json");
  const goal = atLeast("flat: gameday / wrk", null, 0.65);
  assert.equal(met(goal), false, "what could not be measured is a miss");
  writeFileSync(file, JSON.stringify({ at: "2026-11-30T12:00:00.000Z", goals: [{ ...goal, measured: 0.7 }] }));
  const [kept] = withLastFigures([notHere(goal, "wrk")], file);
  assert.ok(kept !== undefined && met(kept));
  assert.deepEqual([kept.measured, kept.measuredAt], [0.7, "2026-11-30T12:00:00.000Z"]);
  assert.match(say([kept]), /^- +flat: gameday \/ wrk: not installed \(wrk is not on the PATH; 0\.70 on 2026-11-30\)/);
  writeFileSync(file, JSON.stringify({ at: "2026-12-02T12:00:00.000Z", goals: [kept] }));
  assert.equal(
    withLastFigures([notHere(goal, "wrk")], file)[0]?.measuredAt,
    "2026-11-30T12:00:00.000Z",
    "the first date",
  );
  assert.equal(
    withLastFigures([goal], file)[0]?.measured,
    null,
    "a failed measurement is not covered by an old figure",
  );
});
