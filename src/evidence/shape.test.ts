import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../evidence.ts";
import { GamedayError } from "../std/errors.ts";
import { cleanRun, evidenceOf } from "../verdict/run.fixture.ts";
import { wellFormed } from "./shape.ts";

/** Reads all lines of the evidence. */
function readAll(evidence: Evidence): number {
  const sound = wellFormed(evidence);
  return [...sound.operations(), ...sound.intervals(), ...sound.ledger()].length;
}

function refused(change: (evidence: Evidence) => object, place: string): void {
  const evidence = evidenceOf(cleanRun());
  assert.throws(
    () => readAll({ ...evidence, ...change(evidence) }),
    (thrown) => thrown instanceof GamedayError && thrown.exitCode === 2 && thrown.describe().startsWith(place),
    place,
  );
}

test("a whole run is well formed, and an event of an unknown type is ignored", () => {
  const evidence = evidenceOf(cleanRun());
  const later = { atMs: 5, type: "invented-later", what: 1 } as never;
  assert.ok(readAll({ ...evidence, timeline: [...evidence.timeline, later] }) > 1000);
});

test("a damaged line is an error with its file and line, exit 2", () => {
  refused(
    ({ timeline: [first, ...rest] }) => ({ timeline: [{ ...first, edge: "yes" }, ...rest] }),
    "timeline.ndjson:1",
  );
  refused(({ run }) => ({ run: { ...run, plan: { ...run.plan, claims: undefined } } }), "run.json");
  refused(
    (evidence) => ({ operations: () => [{ ...[...evidence.operations()][0], outcome: { type: "maybe" } }] }),
    "history.ndjson:1",
  );
  refused(() => ({ operations: () => [null] }), "history.ndjson:1");
  refused((evidence) => ({ ledger: () => [{ ...[...evidence.ledger()][1], complete: "true" }] }), "ledger.ndjson:1");
  refused((evidence) => ({ ledger: () => [{ ...[...evidence.ledger()][0], page: 0 }] }), "ledger.ndjson:1");
  refused(
    (evidence) => ({
      intervals: () => [
        {
          ...[...evidence.intervals()][0],
          metrics: [{ metric: "a", count: 1, failed: 0, sum: 1, min: 1, max: 1, buckets: [9999, 1] }],
        },
      ],
    }),
    "intervals.ndjson:1",
  );
});

test("a number that JSON cannot represent, and an impossible count, are not evidence", () => {
  const endless = Number.POSITIVE_INFINITY; // the parsed value of 1e999
  const item = { line: "item", read: 1, object: "orders", id: "a", count: 1 };
  for (const spoilt of [{ count: -1 }, { count: 1.5 }, { count: endless }, { read: -1 }, { read: 0.5 }])
    refused(() => ({ ledger: () => [{ ...item, ...spoilt }] }), "ledger.ndjson:1");
  refused(
    (evidence) => ({ operations: () => [{ ...[...evidence.operations()][0], completedAtMs: endless }] }),
    "history.ndjson:1",
  );
  refused((evidence) => ({ intervals: () => [{ ...[...evidence.intervals()][0], users: -1 }] }), "intervals.ndjson:1");
});

test("from version 2 on an end line of the ledger counts its copies; in older versions it need not", () => {
  const uncounted = (version: number) => (evidence: Evidence) => ({
    run: { ...evidence.run, version },
    ledger: () => [...evidence.ledger()].map((line) => ({ ...line, copies: undefined })),
  });
  refused(uncounted(2), "ledger.ndjson:2");
  const evidence = evidenceOf(cleanRun());
  assert.ok(readAll({ ...evidence, ...uncounted(1)(evidence) } as Evidence) > 1000);
});

test("a probe beats at least once a second, otherwise no silence would be a gap", () => {
  for (const everyMs of [1e9, 1_001, 0, -50, Number.NaN, "50"]) {
    const probe = { class: "order-write", connection: "kept", everyMs };
    refused((evidence) => ({ operations: () => [{ ...[...evidence.operations()][0], probe }] }), "history.ndjson:1");
  }
});
