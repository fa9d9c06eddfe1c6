import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../std/json.ts";
import { claimOf, endOf, ok, operation, run, UNKNOWN } from "./evidence.fixture.ts";
import { linearizable } from "./linearizable.ts";

const claim = claimOf("orders", { model: "register" });

function write(input: Json, from: number, to: number | null, outcome = ok(null)) {
  return operation({ kind: "write", key: "x", input, invokedAtMs: from, completedAtMs: to, outcome });
}

function read(output: Json, from: number, to: number) {
  return operation({ kind: "read", key: "x", invokedAtMs: from, completedAtMs: to, outcome: ok(output) });
}

test("a stale read after a newer one fails, and the witness names it and what was possible", () => {
  const operations = [write(1, 0, 10), write(2, 20, 30), read(2, 40, 50), read(1, 60, 70)];
  const finding = run(linearizable, { claim, operations });
  assert.equal(finding.status, "fail");
  assert.equal(finding.witnesses[0]?.id, operations[3]?.id);
  assert.match(finding.because, /read 1 of x by w0\/u0 fits no order: the state could only be 2/);
});

test("an unanswered write may take effect at any later time, or never", () => {
  const operations = [write(1, 0, 10), write(2, 20, null, UNKNOWN), read(1, 40, 50), read(2, 60, 70), read(2, 80, 90)];
  assert.equal(run(linearizable, { claim, operations }).status, "pass");
  const back = [...operations, read(1, 100, 110)];
  assert.equal(run(linearizable, { claim, operations: back }).status, "fail");
});

test("the authority's final value counts as a read, so that a lost last write is detected", () => {
  const operations = [write(1, 0, 10), read(1, 20, 30), write(2, 40, 50)];
  const ledger = (value: Json) => [
    { line: "item" as const, read: 1, object: "orders", id: "x", count: 1, value },
    endOf(1, 1),
  ];
  assert.equal(run(linearizable, { claim, operations, ledger: ledger(2) }).status, "pass");
  assert.equal(run(linearizable, { claim, operations, ledger: ledger(1) }).status, "fail");
});

test("a history without writes, without reads or beyond the budget is unknown, never pass", () => {
  assert.equal(run(linearizable, { claim, operations: [read(null, 0, 1)] }).status, "unknown");
  assert.equal(run(linearizable, { claim, operations: [write(1, 0, 1)] }).status, "unknown");
  const concurrent = Array.from({ length: 12 }, (_, index) => write(index, 0, 100));
  const small = claimOf("orders", { model: "register", configurations: 50 });
  const finding = run(linearizable, { claim: small, operations: [...concurrent, read("never", 110, 120)] });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /budget/);
});

test("an operation that the model does not know makes the result unknown, whatever the others show", () => {
  const operations = [write(1, 0, 10), read(2, 20, 30), operation({ kind: "add", key: "x" })];
  const finding = run(linearizable, { claim, operations });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /does not fit the model: .*"add"/);
});
