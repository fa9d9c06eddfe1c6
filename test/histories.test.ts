/** A quick part of test/histories/: the checker and the independent oracle agree on seeded random histories. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./histories/compare.ts";

test("checker and oracle agree on 3,000 tiny random histories of seven models", () => {
  const { linearizable, histories, disagreements } = compare(3_000, "smoke");
  assert.deepEqual(disagreements, []);
  assert.ok(linearizable > histories * 0.5 && linearizable < histories * 0.95, `${linearizable} linearizable`);
});
