/**
 * The long comparison: 140,000 histories, 20,000 of each model. It takes about 15 s.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.ts";

test("checker and oracle agree on 140,000 tiny random histories", (t) => {
  const { linearizable, histories, disagreements } = compare(140_000, "oracle-1");
  assert.deepEqual(disagreements.slice(0, 3), []);
  assert.ok(histories - linearizable > 10_000, "enough histories must be refuted for the comparison to mean something");
  t.diagnostic(`${histories} histories, ${linearizable} linearizable, ${disagreements.length} disagreements`);
});
