/**
 * Tests amounts as they occur in practice: cents, text, numbers that a platform summed in binary fractions.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Checker } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { ackedSet } from "./acked-set.ts";
import { bankTotal } from "./bank-total.ts";
import { counterBounds } from "./counter-bounds.ts";
import { claimOf, endOf, factsOf, ok, operation, REFUSED, run, UNKNOWN } from "./evidence.fixture.ts";
import { linearizable } from "./linearizable.ts";
import { monotonicReads } from "./monotonic-reads.ts";
import { nonNegativeStock } from "./non-negative-stock.ts";
import { readYourWrites } from "./read-your-writes.ts";
import { staleness } from "./staleness.ts";

/** Builds two identical reads of the ledger from values by id. */
function both(values: Readonly<Record<string, Json>>): LedgerLine[] {
  return [1, 2].flatMap((read) => [
    ...Object.entries(values).map(
      ([id, value]): LedgerLine => ({ line: "item", read, object: "orders", id, count: 1, value }),
    ),
    endOf(read, Object.keys(values).length),
  ]);
}

const increments = (...amounts: Json[]) => amounts.map((input) => operation({ kind: "increment", input }));

function counted(amounts: readonly Json[], value: Json, options: Record<string, Json> = {}) {
  const claim = claimOf("orders", options);
  return run(counterBounds, { claim, operations: increments(...amounts), ledger: both({ n: value }) });
}

test("counter-bounds: cents add up exactly, as numbers and as text", () => {
  assert.equal(counted([0.1, 0.2], 0.3).status, "pass");
  assert.equal(counted([0.1, "0.20"], "0.30").status, "pass");
  assert.equal(counted(["19.99", { amount: "1e2" }, { quantity: "-3" }], "116.99").status, "pass");
  assert.equal(counted(["19.99", 100], 100.99).status, "fail");
  assert.equal(
    counted(
      Array.from({ length: 1_000 }, () => 19.99),
      19_990,
    ).status,
    "pass",
  );
  assert.equal(
    counted(
      Array.from({ length: 1_000 }, () => 19.99),
      19_989.99,
    ).status,
    "fail",
  );
  assert.equal(counted([0.1, 0.2], 0.31, { initial: "0.01" }).status, "pass");
  assert.equal(counted(["9007199254740993"], "9007199254740993").status, "pass");
  assert.equal(counted(["9007199254740993"], "9007199254740992").status, "fail");
});

test("counter-bounds: sums that the platform computed in binary fractions are accepted within their rounding, and the finding mentions it", () => {
  const rounded = counted([0.1, 0.2], 0.1 + 0.2);
  assert.deepEqual([rounded.status, rounded.figures["rounded"]], ["pass", 1]);
  assert.match(rounded.because, /binary fractions/);
  assert.equal(counted([0.1, 0.2], String(0.1 + 0.2)).status, "pass");
  assert.equal(counted([0.1, 0.2], 0.1 + 0.2, { tolerance: 0 }).status, "fail");
  const amounts = Array.from({ length: 5_000 }, (_, at) => (at % 997) / 100);
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  assert.equal(counted(amounts, sum).status, "pass");
  assert.equal(counted(amounts, sum - 0.01).status, "fail");
  assert.equal(counted(amounts, sum + 0.01).status, "fail");
  assert.equal(counted([1, 2], 3.000001).status, "fail");
  assert.equal(counted(["0.000000000000000001"], "0.000000000000000002").status, "fail");
});

test("a missing unit is never attributed to rounding, however many additions there were", () => {
  const many = (amount: Json, times: number) => Array.from({ length: times }, () => amount);
  assert.equal(counted(many(1_000_000, 20_000), 20_000_000_000 - 1).status, "fail");
  assert.equal(counted(many(99_999_999.99, 20_000), 1_999_999_999_800).status, "pass");
  assert.equal(counted(many(99_999_999.99, 20_000), 1_999_999_999_799.99).status, "fail");
  assert.equal(counted(many("99999999.99", 20_000), "1999999999799.99").status, "fail");
});

test("amounts that were computed in binary fractions have no exact sum", () => {
  const amounts = [0.1 * 3, 0.7, 1.1 * 1.1];
  assert.equal(counted(amounts, "2.21").status, "pass");
  assert.equal(counted(amounts, 2.21).status, "pass");
  assert.equal(counted(amounts, "2.20").status, "fail");
  assert.equal(counted([0.1 * 3], String(0.1 * 3)).status, "pass");
  assert.equal(counted([0.1 * 3], 0.3).status, "pass");
});

test("counter-bounds: the plan's tolerance is respected", () => {
  assert.equal(counted([10, 10], 19.98, { tolerance: "0.02" }).status, "pass");
  assert.equal(counted([10, 10], 19.97, { tolerance: "0.02" }).status, "fail");
  const begin = (tolerance: Json) => () => counterBounds.begin(claimOf("orders", { tolerance }), factsOf());
  for (const wrong of [-1, "much", null]) assert.throws(begin(wrong), GamedayError);
});

test("text that is not a number makes the sum unknown, with the operation as witness; another counter's violation still fails", () => {
  const unreadable = counted(["19.99", "nineteen"], 20.99);
  assert.equal(unreadable.status, "unknown");
  assert.match(unreadable.because, /"nineteen", which is not a number/);
  assert.equal(unreadable.figures["unreadable"], 1);
  assert.ok(unreadable.witnesses[0]?.id?.includes("run-1/"));
  assert.equal(counted([1], "n/a").status, "unknown");
  assert.match(counted([1], "n/a").because, /"n\/a"/);
  assert.equal(counted([1, true], 2).status, "unknown");
  assert.equal(counted([null, {}], 2).status, "pass");
  const refused = operation({ kind: "increment", input: "lots", outcome: REFUSED });
  assert.equal(run(counterBounds, { operations: [...increments(1), refused], ledger: both({ n: 1 }) }).status, "pass");
  const keyed = [
    operation({ kind: "increment", key: "a", input: "?" }),
    operation({ kind: "increment", key: "b", input: 2 }),
  ];
  assert.equal(run(counterBounds, { operations: keyed, ledger: both({ a: 1, b: 1 }) }).status, "fail");
  assert.equal(run(counterBounds, { operations: keyed, ledger: both({ a: 1, b: 2 }) }).status, "unknown");
  const others = both({ b: 2, somebodyElse: "open" });
  assert.equal(run(counterBounds, { operations: keyed.slice(1), ledger: others }).status, "pass");
});

function banked(operations: readonly Operation[], balances: Readonly<Record<string, Json>>, total: Json = 100) {
  return run(bankTotal, { claim: claimOf("orders", { total }), operations, ledger: both(balances) });
}

test("bank-total: cents, text, drifts of a cent, and balances that are not numbers are each judged", () => {
  const transfer = operation({ kind: "transfer", input: { amount: "0.10" } });
  const snapshot = (output: Json) => operation({ kind: "read", outcome: ok(output) });
  assert.equal(banked([transfer], { a: "33.33", b: 33.33, c: "33.34" }).status, "pass");
  assert.equal(banked([transfer], { a: "33.33", b: 33.33, c: "33.33" }).status, "fail");
  assert.equal(banked([transfer], { a: 0.1, b: 0.2, c: 0.7 }, "1").status, "pass");
  assert.equal(banked([transfer], { a: 0.1 + 0.2, b: 0.7 }, 1).status, "pass");
  assert.equal(banked([transfer], { a: 1_000_000.01, b: 1_000_000 }, "2000000.02").status, "fail");
  assert.equal(banked([transfer, operation({ kind: "deposit", input: "19.99" })], { a: "119.99" }).status, "pass");
  assert.equal(
    banked([transfer, operation({ kind: "withdraw", input: "0.5", outcome: UNKNOWN })], { a: 99.5 }).status,
    "pass",
  );
  assert.equal(banked([transfer, snapshot({ a: "50.00", b: "49.99" })], { a: 100 }).status, "fail");
  const spread = { a: 324.71 + 181.51, b: -506.22 };
  assert.equal(banked([transfer], spread, 0).status, "pass");
  assert.equal(banked([transfer], { ...spread, b: -506.23 }, 0).status, "fail");
  for (const wrong of [
    banked([transfer], { a: 100, b: "frozen" }),
    banked([transfer], { a: 100, b: null }),
    banked([transfer, operation({ kind: "deposit", input: "some" })], { a: 101 }),
    banked([transfer, operation({ kind: "deposit", input: null })], { a: 101 }),
    banked([transfer, snapshot({ a: 100, b: "gone" })], { a: 100 }),
  ]) {
    assert.equal(wrong.status, "unknown", wrong.because);
    assert.ok(wrong.witnesses.length > 0);
  }
});

test("non-negative-stock: fractions of a gram are summed, and rounding alone puts no stock below zero", () => {
  const take = (input: Json) => operation({ kind: "take", key: "gold", input });
  const stock = (taken: readonly Json[], left: Json, initial: Json = 0.3) =>
    run(nonNegativeStock, {
      claim: claimOf("orders", { initial }),
      operations: taken.map(take),
      ledger: both({ gold: left }),
    });
  assert.equal(stock([0.1, "0.2"], 0).status, "pass");
  assert.equal(stock([0.1, 0.2], 0.3 - 0.1 - 0.2).status, "pass");
  assert.equal(stock([0.1, 0.2], -0.01).status, "fail");
  assert.equal(stock(["0.10", "0.15"], "0.050").status, "pass");
  assert.equal(stock(["0.10", "0.15"], "0.04").status, "fail");
  assert.equal(stock(["a bit"], 0.2).status, "unknown");
  assert.equal(stock([0.1], "sold out").status, "unknown");
  const read = (output: Json) => operation({ kind: "read", key: "gold", outcome: ok(output) });
  const seen = (output: Json) =>
    run(nonNegativeStock, { operations: [take(1), read(output)], ledger: both({ gold: 1 }) }).status;
  assert.deepEqual(["-0.5", "0.5", "none", null].map(seen), ["fail", "pass", "unknown", "pass"]);
});

test("the counter model judges one operation after another in the same way", () => {
  const steps = (last: Json, first: Json = 0.1) => [
    operation({ kind: "increment", input: first, invokedAtMs: 0 }),
    operation({ kind: "increment", input: "0.20", invokedAtMs: 10 }),
    operation({ kind: "read", outcome: ok(last), invokedAtMs: 20 }),
  ];
  const claim = claimOf("orders", { model: "counter" });
  const found = (last: Json, first?: Json) => run(linearizable, { claim, operations: steps(last, first) });
  assert.deepEqual(
    [0.3, "0.30", 0.1 + 0.2, 0.31, "0.30000000000000001", 0, null].map((last) => found(last).status),
    ["pass", "pass", "pass", "fail", "fail", "fail", "fail"],
  );
  assert.equal(found(20.19, "19.99").status, "pass");
  assert.equal(found(0.5, 0.1 * 3).status, "pass");
  assert.equal(found("0.50", 0.1 * 3).status, "pass");
  assert.equal(found("0.51", 0.1 * 3).status, "fail");
  assert.equal(found(100_000.2001, 100_000).status, "fail");
  assert.equal(found(9_007_199_254_740_002, "9007199254740000.8").status, "fail");
  const unknown = found(0.3, "a dime");
  assert.deepEqual([unknown.status, unknown.witnesses.length], ["unknown", 1]);
  assert.equal(found("much").status, "unknown");
  const begin = () => linearizable.begin(claimOf("orders", { model: "counter", initial: "many" }), factsOf());
  assert.throws(begin, GamedayError);
});

test("numeric: a register's values are compared as numbers only where the plan says so", () => {
  const operations = [
    operation({ kind: "write", input: 19.9, key: "price", invokedAtMs: 0 }),
    operation({ kind: "read", outcome: ok("19.90"), key: "price", invokedAtMs: 10 }),
  ];
  const stale = [
    ...operations,
    operation({ kind: "write", input: "20", key: "price", invokedAtMs: 20 }),
    operation({ kind: "read", outcome: ok("19.9"), key: "price", invokedAtMs: 30 }),
  ];
  const status = (checker: Checker, all: readonly Operation[], options: Record<string, Json>) =>
    run(checker, { claim: claimOf("orders", options), operations: all, ledger: [] }).status;
  assert.equal(status(linearizable, operations, { numeric: true }), "pass");
  assert.equal(status(linearizable, operations, {}), "fail");
  assert.equal(status(linearizable, stale, { numeric: true }), "fail");
  assert.equal(status(linearizable, operations, { model: "cas-register", numeric: true }), "pass");
  for (const checker of [readYourWrites, monotonicReads, staleness]) {
    const expected = checker === monotonicReads ? "pass" : "fail";
    assert.equal(status(checker, stale, { numeric: true }), expected, checker.name);
    assert.equal(
      status(checker, operations, { numeric: true }),
      checker === monotonicReads ? "unknown" : "pass",
      checker.name,
    );
  }
  const last = run(linearizable, {
    claim: claimOf("orders", { numeric: true }),
    operations,
    ledger: both({ price: "19.900" }),
  });
  assert.equal(last.status, "pass");
  const begin = (options: Record<string, Json>) => () => linearizable.begin(claimOf("orders", options), factsOf());
  assert.throws(begin({ numeric: "yes" }), GamedayError);
  assert.throws(begin({ numeric: true, model: "kv" }), GamedayError);
});

test("numeric: the fields of a transaction's values, and rows that hold what was sent, are compared as numbers", () => {
  const txn = (input: Json, output: Json, invokedAtMs: number) =>
    operation({ kind: "txn", input, outcome: ok(output), invokedAtMs });
  const operations = [
    txn([["w", "01", "1.50"]], [["w", "01", "1.50"]], 0),
    txn([["r", "01", null]], [["r", "01", 1.5]], 10),
    txn([["r", "1", null]], [["r", "1", null]], 20),
  ];
  const claim = claimOf("orders", { model: "multi-register", numeric: true });
  assert.equal(run(linearizable, { claim, operations }).status, "pass");
  const add = operation({ input: { total: "19.9", note: "007" } });
  const held = (value: Json, options: Record<string, Json>) =>
    run(ackedSet, {
      claim: claimOf("orders", { holds: ["total", "note"], ...options }),
      operations: [add],
      ledger: both({ [add.id]: value }),
    }).status;
  assert.equal(held({ total: 19.9, note: "007" }, { numeric: ["total"] }), "pass");
  assert.equal(held({ total: 19.9, note: "7" }, { numeric: ["total"] }), "fail");
  assert.equal(held({ total: 19.9, note: "007" }, {}), "fail");
});
