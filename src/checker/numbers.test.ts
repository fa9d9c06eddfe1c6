/**
 * Tests counter-bounds, bank-total and non-negative-stock.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { bankTotal } from "./bank-total.ts";
import { counterBounds } from "./counter-bounds.ts";
import { claimOf, endOf, ok, operation, REFUSED, run, UNKNOWN } from "./evidence.fixture.ts";
import { nonNegativeStock } from "./non-negative-stock.ts";

/** Builds one complete read from values by id. */
function read(number: number, values: Readonly<Record<string, Json>>): LedgerLine[] {
  const items = Object.entries(values).map(
    ([id, value]): LedgerLine => ({ line: "item", read: number, object: "orders", id, count: 1, value }),
  );
  return [...items, endOf(number, items.length)];
}

const both = (values: Readonly<Record<string, Json>>) => [...read(1, values), ...read(2, values)];

function increments(): Operation[] {
  return [
    operation({ kind: "increment", input: 5 }),
    operation({ kind: "increment", input: { amount: 3 } }),
    operation({ kind: "increment", input: 2, outcome: UNKNOWN }),
    operation({ kind: "increment", input: 100, outcome: REFUSED }),
  ];
}

test("counter-bounds: a counter lies between the acknowledged sum and that plus the unanswered changes", () => {
  const status = (value: Json) =>
    run(counterBounds, { operations: increments(), ledger: both({ visits: value }) }).status;
  assert.deepEqual([7, 8, 10, 11, "9"].map(status), ["fail", "pass", "pass", "fail", "pass"]);
});

test("counter-bounds: an unanswered decrement lowers the lower bound, and keys have their own values and initial values", () => {
  const claim = claimOf("orders", { initial: { a: 10, b: 0 } });
  const operations = [
    operation({ kind: "increment", key: "a" }),
    operation({ kind: "decrement", key: "b", input: 4, outcome: UNKNOWN }),
  ];
  const status = (a: number, b: number) => run(counterBounds, { claim, operations, ledger: both({ a, b }) }).status;
  assert.deepEqual([status(11, 0), status(11, -4), status(11, -5), status(10, 0)], ["pass", "pass", "fail", "fail"]);
});

test("counter-bounds: a late change is not a violation, and one that may be late is unknown", () => {
  const operations = increments();
  assert.equal(run(counterBounds, { operations, ledger: [...read(1, { n: 5 }), ...read(2, { n: 8 })] }).status, "pass");
  assert.equal(run(counterBounds, { operations, ledger: read(1, { n: 5 }) }).status, "unknown");
  assert.equal(run(counterBounds, { operations, ledger: read(1, { n: 8 }) }).status, "pass");
});

test("counter-bounds: a counter without a read, a value, or an acknowledged change is unknown", () => {
  assert.equal(run(counterBounds, { operations: increments() }).status, "unknown");
  assert.equal(run(counterBounds, { operations: increments(), ledger: both({}) }).status, "unknown");
  const unanswered = [operation({ kind: "increment", outcome: UNKNOWN })];
  assert.equal(run(counterBounds, { operations: unanswered, ledger: both({ n: 1 }) }).status, "unknown");
});

test("bank-total: transfers keep the total, in the ledger and in what clients read", () => {
  const claim = claimOf("orders", { total: 30 });
  const transfer = operation({ kind: "transfer", input: { from: "a", to: "b", amount: 5 } });
  const snapshot = (a: number, b: number) => operation({ kind: "read", outcome: ok({ a, b }) });
  const status = (operations: Operation[], ledger: LedgerLine[]) =>
    run(bankTotal, { claim, operations, ledger }).status;
  assert.equal(status([transfer, snapshot(15, 15)], both({ a: 10, b: 20 })), "pass");
  assert.equal(status([transfer, snapshot(15, 14)], both({ a: 10, b: 20 })), "fail");
  assert.equal(status([transfer], both({ a: 10, b: 15 })), "fail");
  assert.equal(status([transfer], []), "unknown");
  assert.equal(status([], both({ a: 10, b: 20 })), "unknown");
  assert.equal(run(bankTotal, { operations: [transfer], ledger: both({ a: 1 }) }).status, "unknown");
});

test("bank-total: deposits move the total, and unanswered ones may have", () => {
  const claim = claimOf("orders", { total: 10 });
  const operations = [
    operation({ kind: "deposit", input: 5 }),
    operation({ kind: "withdraw", input: 2, outcome: UNKNOWN }),
    operation({ kind: "read", outcome: ok({ a: 10 }) }),
  ];
  const status = (a: number) => run(bankTotal, { claim, operations, ledger: both({ a }) }).status;
  assert.deepEqual([12, 13, 15, 16].map(status), ["fail", "pass", "pass", "fail"]);
});

test("non-negative-stock: a stock below zero fails anywhere, also in a client's read", () => {
  const take = operation({ kind: "take", key: "ring", input: 1 });
  const status = (ring: number, operations = [take]) =>
    run(nonNegativeStock, { operations, ledger: both({ ring }) }).status;
  assert.deepEqual([status(0), status(-1), status(3, [])], ["pass", "fail", "unknown"]);
  const seen = operation({ kind: "read", key: "ring", outcome: ok(-1) });
  assert.equal(status(0, [take, seen]), "fail");
});

test("non-negative-stock: overselling is detected if the shown stock stops at zero", () => {
  const claim = claimOf("orders", { initial: 2 });
  const takes = [1, 2, 3].map(() => operation({ kind: "take", key: "ring" }));
  const status = (operations: Operation[]) =>
    run(nonNegativeStock, { claim, operations, ledger: both({ ring: 0 }) }).status;
  assert.equal(status(takes), "fail");
  assert.equal(status(takes.slice(1)), "pass");
  assert.equal(status([...takes.slice(2), operation({ kind: "take", key: "ring", outcome: UNKNOWN })]), "pass");
});

test("a duplicate row does not hide behind its twin, and a row that is left out is missed", () => {
  const twice = (id: string, value: number, rest: Readonly<Record<string, Json>> = {}) =>
    [1, 2].flatMap((number): LedgerLine[] => {
      const row: LedgerLine = { line: "item", read: number, object: "orders", id, count: 1, value };
      const others = read(number, rest).slice(0, -1);
      return [row, row, ...others, endOf(number, 2 + others.length)];
    });
  const transfer = operation({ kind: "transfer", input: 5 });
  const bank = claimOf("orders", { total: 200 });
  assert.equal(run(bankTotal, { claim: bank, operations: [transfer], ledger: both({ a: 90, b: 110 }) }).status, "pass");
  const made = run(bankTotal, { claim: bank, operations: [transfer], ledger: twice("a", 90, { b: 110 }) });
  assert.equal(made.status, "fail", made.because);
  const counted = run(counterBounds, {
    operations: [operation({ kind: "increment", key: "a", input: 3 })],
    ledger: twice("a", 3),
  });
  assert.deepEqual([counted.status, /more than once/.test(counted.because)], ["fail", true]);
  const stock = claimOf("orders", { initial: 5 });
  const take = (key: string) => operation({ kind: "take", key, input: 2 });
  const left = run(nonNegativeStock, { claim: stock, operations: [take("a"), take("b")], ledger: both({ a: 3 }) });
  assert.deepEqual([left.status, /\(b\)/.test(left.because)], ["unknown", true]);
});

test("an option of the wrong kind is a clear error", () => {
  const begin = () =>
    counterBounds.begin(claimOf("orders", { initial: "many" }), { runId: "r", faults: [], lostWorkers: [] });
  assert.throws(
    begin,
    (thrown: unknown) => thrown instanceof GamedayError && /initial of "orders"/.test(thrown.message),
  );
});
