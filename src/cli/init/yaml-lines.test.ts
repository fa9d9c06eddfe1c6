import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { comments, flow, questions, scalar } from "./yaml-lines.ts";

test("a long sentence is wrapped, and every line stays a comment", () => {
  const lines = questions([`Is ${"it ".repeat(80)}so?`], "  ");
  assert.ok(lines.length > 2);
  assert.ok(lines.every((line) => line.length <= 120 && /^ {2}# /.test(line)));
  assert.equal(lines.filter((line) => line.startsWith("  # QUESTION: ")).length, 1);
  assert.equal(lines.map((line) => line.replace(/^ *#( QUESTION:)? */, "")).join(" "), `Is ${"it ".repeat(80)}so?`);
});

test("a word of any length does not loop, and an empty sentence has no line", () => {
  assert.deepEqual(comments(["x".repeat(300)]), [`# ${"x".repeat(300)}`]);
  assert.deepEqual(comments([]), []);
});

test("values that YAML would read as something else are quoted", () => {
  for (const value of ["true", "null", "012", "1e3", "a: b", "# no comment", "yes", "*", "kind-a@b"])
    assert.equal(parse(`key: ${scalar(value)}`).key, value);
  const labels = { "cnpg.io/cluster": "on", "a.b/c": "1.0", app: "true" };
  assert.deepEqual(parse(`pods: ${flow(labels)}`).pods, labels);
});
