import assert from "node:assert/strict";
import { test } from "node:test";
import { ackedSet } from "./acked-set.ts";
import { duplicates } from "./duplicates.ts";
import { claimOf, endOf, factsOf, operation, RUN, readOf, run, UNKNOWN } from "./evidence.fixture.ts";
import { SharedFolds } from "./shared-folds.ts";

const id = (n: number) => `${RUN}/w0/u0/${n}`;

test("one row for each logical write passes, however many attempts there were", () => {
  const operations = [operation({ id: id(1), outcome: UNKNOWN }), operation({ id: id(1), attempt: 2 })];
  assert.equal(run(duplicates, { operations, ledger: readOf(1, [id(1)]) }).status, "pass");
});

test("two rows of one logical write fail, as a count or as two lines of one read", () => {
  const operations = [operation({ id: id(1), invokedAtMs: 5 })];
  const facts = factsOf({ faults: [{ experiment: "kill", bitAtMs: 10, healedAtMs: 20 }] });
  const finding = run(duplicates, { facts, operations, ledger: readOf(1, [[id(1), 2]]) });
  assert.equal(finding.status, "fail");
  assert.deepEqual(finding.witnesses[0]?.detail, { copies: 2 });
  assert.equal(finding.byExperiment?.["kill"]?.["duplicated"], 1);
  assert.equal(run(duplicates, { operations, ledger: readOf(1, [id(1), id(1)]) }).status, "fail");
});

test("the same row in two reads is not a duplicate", () => {
  const operations = [operation({ id: id(1) })];
  assert.equal(run(duplicates, { operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1)])] }).status, "pass");
});

test("an incomplete read accuses nothing, and an empty one is unknown", () => {
  const operations = [operation({ id: id(1) })];
  const [item] = readOf(1, [[id(1), 2]]);
  assert.ok(item !== undefined);
  assert.equal(run(duplicates, { operations, ledger: [item, endOf(1, 1, "orders", false)] }).status, "unknown");
  assert.equal(run(duplicates, { operations, ledger: readOf(1, []) }).status, "unknown");
});

test("a write that is twice in an earlier read and once in the last is unknown: it was cleaned up, or pages overlapped", () => {
  const operations = [operation({ id: id(1) })];
  const ledger = [...readOf(1, [id(1), id(1)]), ...readOf(2, [id(1)])];
  const finding = run(duplicates, { operations, ledger });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /or the pages overlapped/);
  assert.equal(
    run(duplicates, { operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1), id(1)])] }).status,
    "fail",
  );
});

test("with acked-set in the same claim, both read one and the same fold, in either order", () => {
  const operations = [operation({ id: id(1) }), operation({ id: id(2) })];
  const ledger = [...readOf(1, [[id(1), 2]]), ...readOf(2, [[id(1), 2]])];
  for (const checkers of [
    [ackedSet, duplicates],
    [duplicates, ackedSet],
  ]) {
    const shared = new SharedFolds(claimOf("orders"), factsOf());
    const checks = checkers.map((checker) => checker.begin(claimOf("orders"), factsOf(), shared));
    for (const check of checks) for (const each of operations) check.operation(each);
    for (const check of checks) for (const line of ledger) check.ledger(line);
    for (const [at, checker] of checkers.entries())
      assert.deepEqual(checks[at]?.finish(), run(checker, { operations, ledger }), checker.name);
  }
});
