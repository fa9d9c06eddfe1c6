/**
 * Tests that claims over ids which the script failed to supply are reported as exactly that, and never as a violation.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ackedSet } from "./acked-set.ts";
import { claimOf, ok, operation, RUN, readOf, run } from "./evidence.fixture.ts";
import { queueTotal } from "./queue-total.ts";

const rows = [...readOf(1, ["41", "42"]), ...readOf(2, ["41", "42"])];
const own = [`${RUN}/w0/u0/7`, `${RUN}/w0/u0/8`];
const ownRows = [...readOf(1, own), ...readOf(2, own)];

for (const [why, correlate, input, output, ledger, expected] of [
  ["no output", "output.number", null, null, rows, /2 acknowledged writes have no id .* the output .* has no "number"/],
  ["no input", "input.id", { quantity: 1 }, null, ownRows, /the input that the script records has no "id"/],
  ["a rounded number", "output.number", null, { number: 2 ** 60 }, rows, /or a number there that JSON rounds/],
] as const) {
  test(`${why} where the claim needs ${correlate} is unknown, with the reason`, () => {
    const write = () => operation({ input, outcome: ok(output) });
    const finding = run(ackedSet, { claim: claimOf("orders", { correlate }), operations: [write(), write()], ledger });
    assert.equal(finding.status, "unknown", finding.because);
    assert.match(finding.because, expected);
  });
}

test("an id that was made for the record alone cannot identify a row", () => {
  const write = () => operation({ idWasMade: true });
  for (const ledger of [rows, ownRows]) {
    const finding = run(ackedSet, { operations: [write(), write()], ledger });
    assert.equal(finding.status, "unknown", finding.because);
    assert.match(finding.because, /the script gave record\(\) no id/);
  }
});

test("if all writes are lost while the ledger shows rows under other ids, the failure suggests checking the ids", () => {
  const finding = run(ackedSet, { operations: [operation(), operation()], ledger: rows });
  assert.equal(finding.status, "fail");
  assert.match(finding.because, /none of them is in the ledger under its id, and 4 lines of the ledger have other ids/);
  const empty = run(ackedSet, { operations: [operation()], ledger: [...readOf(1, []), ...readOf(2, [])] });
  assert.doesNotMatch(empty.because, /other ids/);
});

test("messages without an id cannot be looked up in a queue", () => {
  const sent = operation({ kind: "enqueue", outcome: ok(null) });
  const claim = claimOf("orders", { correlate: "output.id" });
  const finding = run(queueTotal, { claim, operations: [sent], ledger: [...readOf(1, []), ...readOf(2, [])] });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /1 acknowledged messages have no id by which they could be found/);
});
