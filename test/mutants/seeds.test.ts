import assert from "node:assert/strict";
import { test } from "node:test";
import { playHonest, playLiar } from "./seeds.ts";

const SEEDS = Array.from({ length: 15 }, (_, number) => number);

test("honest platforms of other seeds than the record's are not failed", () => {
  const results = SEEDS.map((number) => playHonest(`smoke/${number}`));
  assert.deepEqual(
    results.filter(({ status }) => status === "fail"),
    [],
  );
  assert.ok(results.filter(({ status }) => status === "pass").length >= SEEDS.length - 1, JSON.stringify(results));
});

test("liars of other seeds than the record's are flagged as expected", () => {
  const missed = SEEDS.map((number) => playLiar(100_003 + number * 7)).filter(({ flagged }) => !flagged);
  assert.deepEqual(missed, []);
});
