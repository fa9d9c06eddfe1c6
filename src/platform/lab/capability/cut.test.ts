import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../../../platform.ts";
import { cutRules, peersOf, tableOf } from "./cut.ts";

const cut = (given: Partial<Change<"cut">["parameters"]>): Change<"cut"> => ({
  id: "run/partition/1",
  capability: "cut",
  target: { id: "node/n2", role: "node", node: "n2" },
  parameters: { direction: "both", peers: [], how: "drop", ...given },
  prior: null,
  expiresAfterMs: 1000,
});

test("an empty list of peers means all others, including those outside", () => {
  assert.deepEqual(peersOf(cut({ peers: [] })), ["10.88.0.1", "10.88.0.3", "10.88.0.254"]);
  assert.deepEqual(peersOf(cut({ peers: ["n1", "n2"] })), ["10.88.0.1"]);
  assert.deepEqual(peersOf(cut({ peers: ["outside"] })), ["10.88.0.254"]);
});

test("a direction has its own chain and no other", () => {
  const both = cutRules(cut({ direction: "both", peers: [], how: "drop" }));
  assert.match(both, /input ip saddr \{ .* \} drop/);
  assert.match(both, /output ip daddr \{ .* \} drop/);
  assert.doesNotMatch(cutRules(cut({ direction: "in", peers: [], how: "drop" })), /output/);
  assert.doesNotMatch(cutRules(cut({ direction: "out", peers: [], how: "drop" })), /input/);
  assert.match(cutRules(cut({ direction: "both", peers: ["n1"], how: "reject" })), /\{ 10\.88\.0\.1 \} reject/);
});

test("tables are named after their change", () => {
  assert.match(tableOf({ id: "a" }), /^gameday_[0-9a-f]{12}$/);
  assert.notEqual(tableOf({ id: "a" }), tableOf({ id: "b" }));
});
