import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerLine } from "../ledger.ts";
import { bankTotal } from "./bank-total.ts";
import { claimOf, endOf, operation, run } from "./evidence.fixture.ts";

const balance = (read: number, value: number): LedgerLine[] => [
  { line: "item", read, object: "orders", id: "a", count: 1, value },
  endOf(read, 1),
];

test("cents that were added in another order do not change the total", () => {
  const claim = claimOf("orders", { total: 0 });
  const operations = [0.1, 0.2, 0.3].map((amount) => operation({ kind: "deposit", input: amount }));
  const status = (value: number) =>
    run(bankTotal, { claim, operations, ledger: [...balance(1, value), ...balance(2, value)] }).status;
  assert.notEqual(0.1 + 0.2 + 0.3, 0.6, "otherwise this test shows nothing");
  assert.deepEqual([0.6, 0.61, 0.59].map(status), ["pass", "fail", "fail"]);
});
