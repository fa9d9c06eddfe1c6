import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveFrame } from "../api/live.ts";
import { madeState, secondAt } from "./made-day.fixture.ts";
import { WatchedRun } from "./watched-run.ts";

const watched = (atS: number) => new WatchedRun(madeState({ atS }));

test("a snapshot and the frames after it give the same as a later snapshot", () => {
  const run = watched(58);
  const later = madeState({ atS: 63 });
  for (let atS = 58; atS < 63; atS++)
    run.apply({ event: "second", data: { nowMs: later.nowMs, atS, values: secondAt(atS) } });
  for (const lane of later.lanes)
    for (const outage of lane.outages)
      run.apply({ event: "outage", data: { nowMs: later.nowMs, lane: lane.id, outage } });
  const lanes = later.lanes.map(({ outages: _, outagesLeftOut: __, ...lane }) => lane);
  run.apply({ event: "lanes", data: { nowMs: later.nowMs, lanes } });
  const fresh = new WatchedRun(later);
  assert.deepEqual(run.state.lanes, fresh.state.lanes);
  for (let atS = 0; atS < 63; atS++) {
    assert.equal(run.columns.at("failed", atS), fresh.columns.at("failed", atS), `second ${atS}`);
  }
  assert.equal(run.state.nowMs, later.nowMs);
});

test("an outage that lasts is replaced by its start, not added again", () => {
  const run = watched(58);
  const outage = (toMs: number | null, failures: number): LiveFrame => ({
    event: "outage",
    data: { nowMs: 60_000, lane: "read/fresh", outage: { fromMs: 59_000, toMs, failures } },
  });
  run.apply(outage(null, 3));
  run.apply(outage(59_800, 16));
  assert.deepEqual(run.state.lanes.find(({ id }) => id === "read/fresh")?.outages, [
    { fromMs: 59_000, toMs: 59_800, failures: 16 },
  ]);
});

test("rows change by name, and a whole table replaces all, as after a reset", () => {
  const run = watched(58);
  const [row] = run.state.requests.rows;
  assert.ok(row);
  const data = { nowMs: 59_000, failures: { rows: [], total: 0 }, workers: [], isWhole: false };
  run.apply({ event: "rows", data: { ...data, requests: { rows: [{ ...row, requests: 7 }], total: 9 } } });
  assert.deepEqual([run.state.requests.rows.length, run.state.requests.rows[0]?.requests], [9, 7]);
  run.apply({ event: "rows", data: { ...data, isWhole: true, requests: { rows: [], total: 0 } } });
  assert.equal(run.state.requests.rows.length, 0);
});

test("a state frame replaces only the parts that it has, and unknown parts are ignored", () => {
  const run = watched(58);
  const before = run.state.experiments;
  const data = { nowMs: 59_000, sentence: { level: "down" as const, says: "Users are down." }, novelty: 1 };
  run.apply({ event: "state", data });
  assert.equal(run.state.sentence.says, "Users are down.");
  assert.equal(run.state.experiments, before);
  assert.equal("novelty" in run.state, false);
});

test("the log keeps the last 300 events", () => {
  const run = watched(1);
  for (let seq = 1; seq <= 10_000; seq++)
    run.apply({
      event: "event",
      data: { nowMs: 2000, entry: { seq, atMs: 1, kind: "note", says: `${seq}`, event: {} } },
    });
  assert.deepEqual([run.state.events.length, run.state.events.at(-1)?.seq], [300, 10_000]);
});
