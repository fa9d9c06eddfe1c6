import assert from "node:assert/strict";
import { test } from "node:test";
import { differencesOf } from "../scripts/reference/differences.ts";

test("a status, a figure and the order of witnesses are differences of a judgement, and a text is not", () => {
  const before = {
    sentence: "Pass.",
    findings: [{ checker: "acked-set", status: "pass", because: "All there.", witnesses: [{ atMs: 1 }, { atMs: 2 }] }],
    figures: { lost: 0 },
  };
  const said = {
    ...before,
    sentence: "It passes.",
    findings: [{ ...before.findings[0], because: "Nothing is lost." }],
  };
  assert.deepEqual(differencesOf(before, said), []);
  const judged = {
    ...before,
    findings: [{ ...before.findings[0], status: "fail", witnesses: [{ atMs: 2 }, { atMs: 1 }] }],
    figures: { lost: 1 },
  };
  assert.deepEqual(differencesOf(before, judged), [
    'findings[acked-set].status: "pass" -> "fail"',
    "findings[acked-set].witnesses[0].atMs: 1 -> 2",
    "findings[acked-set].witnesses[1].atMs: 2 -> 1",
    "figures.lost: 0 -> 1",
  ]);
});

test("an additional or missing key or item is a difference, and so is a text in the place of null", () => {
  assert.deepEqual(differencesOf({ a: [1] }, { a: [1, 2], b: true }), ["a: [1] -> [1,2]", "b: nothing -> true"]);
  assert.deepEqual(differencesOf({ says: "x" }, { says: null }), ['says: "x" -> null']);
});
