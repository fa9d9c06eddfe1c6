import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "./referee.ts";
import { type Honest, playHonest, playLiar } from "./seeds.ts";

const SEEDS = Array.from({ length: 15 }, (_, number) => number);

test("honest platforms with other seeds than the record's do not fail", async () => {
  const results: Honest[] = [];
  for (const number of SEEDS) results.push(await playHonest(`smoke/${number}`));
  assert.deepEqual(
    results.filter(({ status }) => status === "fail"),
    [],
  );
  assert.ok(results.filter(({ status }) => status === "pass").length >= SEEDS.length - 1, JSON.stringify(results));
});

test("liars with other seeds than the record's are flagged as expected", async () => {
  const missed: Result[] = [];
  for (const number of SEEDS) {
    const result = await playLiar(100_003 + number * 7);
    if (!result.flagged) missed.push(result);
  }
  assert.deepEqual(missed, []);
});
