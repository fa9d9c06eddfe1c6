import assert from "node:assert/strict";
import { test } from "node:test";
import { spreadWords, type WitnessPlaces, witnessWords } from "./witness.ts";

const PLACES: WitnessPlaces = {
  bites: [
    { experiment: "kill", atMs: 20_100 },
    { experiment: "cut", atMs: 60_000 },
  ],
  leaders: [
    {
      role: "postgres",
      spans: [
        { target: "postgres/n1", fromMs: 0, toMs: 20_100 },
        { target: "postgres/n2", fromMs: 26_000, toMs: null },
      ],
    },
  ],
};

test("a witness has its experiment, its distance to the bite, and who led then", () => {
  assert.equal(
    witnessWords({ id: "run-1/7", atMs: 18_000, says: "acknowledged, yet absent" }, PLACES),
    'run-1/7 at 18.000 s, 2.10 s before the bite of "kill", while postgres/n1 led: acknowledged, yet absent',
  );
  assert.match(
    witnessWords({ atMs: 22_000, says: "lost" }, PLACES),
    /1\.90 s after the bite of "kill", while nobody of postgres led/,
  );
  assert.match(
    witnessWords({ atMs: 58_000, says: "lost" }, PLACES),
    /2\.00 s before the bite of "cut", while postgres\/n2 led/,
  );
  assert.equal(witnessWords({ says: "no time" }, PLACES), "no time");
});

test("where many witnesses lie is summed up by experiment", () => {
  const at = (atMs: number) => ({ atMs, says: "lost" });
  assert.deepEqual(spreadWords([at(17_800), at(18_000), at(60_000)], PLACES), [
    '2 of the witnesses below: from 2.30 s before the bite to 2.10 s before the bite of "kill"',
    '1 of the witnesses below: at the bite of "cut"',
  ]);
});
