/**
 * Each kind of fault that the lab can do has been proven on the lab. `.ci/run` asks for it and `npm run check` does not: somebody without
 * root can add a fault with a green check, and whoever has a lab adds its rows (`npm run prove:faults`, `npm run prove:kinds`).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Row, TrackRecord } from "../../scripts/track-record.ts";
import { LAB_FAULTS } from "./kill.ts";

for (const proof of ["faults", "kinds"]) {
  test(`every kind of fault of the lab has a row in ${proof}.json`, () => {
    const file = new URL(`../../docs/track-record/${proof}.json`, import.meta.url);
    const { rows } = JSON.parse(readFileSync(file, "utf8")) as TrackRecord<Row & { readonly fault: string }>;
    const proven = new Set(rows.map(({ fault }) => fault));
    const missing = LAB_FAULTS.filter((name) => !proven.has(name));
    assert.deepEqual(missing, [], `add them with \`npm run prove:${proof}\``);
  });
}
