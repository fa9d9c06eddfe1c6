import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import type { Json } from "../std/json.ts";
import { ackedSet } from "./acked-set.ts";
import { counterBounds } from "./counter-bounds.ts";
import { claimOf, endOf, operation, RUN, run } from "./evidence.fixture.ts";
import { checkText } from "./library.ts";
import { nonNegativeStock } from "./non-negative-stock.ts";

type Rows = readonly (readonly [id: string, value?: Json])[];

/** Two whole reads that show the same rows. */
function twice(rows: Rows): LedgerLine[] {
  return [1, 2].flatMap((read) => [
    ...rows.map(([id, value]): LedgerLine => {
      const item = { line: "item", read, object: "orders", id, count: 1 } as const;
      return value === undefined ? item : { ...item, value };
    }),
    endOf(read, rows.length),
  ]);
}

function changed(kind: string, key: string, input: Json): Operation {
  return operation({ kind, key, input });
}

test("a counter whose name looks like a copy of another is a counter of its own", () => {
  const operations = [changed("increment", "x", 1), changed("increment", "x (copy 2)", 2)];
  const ledger = twice([
    ["x", 1],
    ["x (copy 2)", 2],
  ]);
  assert.equal(run(counterBounds, { operations, ledger }).status, "pass");
  const doubled = twice([
    ["x", 1],
    ["x", 1],
    ["x (copy 2)", 2],
  ]);
  const finding = run(counterBounds, { operations, ledger: doubled });
  assert.equal(finding.status, "fail");
  assert.match(finding.because, /^x is in read 2 more than once, as 1 and 1/);
});

test("an article without a declared initial stock cannot prove that nothing was oversold", () => {
  const operations = [changed("take", "a", 5), changed("take", "constructor", 5)];
  const ledger = twice([
    ["a", 5],
    ["constructor", 0],
  ]);
  const judged = (initial: Json) =>
    run(nonNegativeStock, { claim: claimOf("orders", { initial }), operations, ledger });
  assert.equal(judged({ a: 10 }).status, "unknown");
  assert.match(judged({ a: 10 }).because, /1 articles .* "initial" does not list \(constructor\)/);
  assert.equal(judged({ a: 10, constructor: 5 }).status, "pass");
  assert.equal(judged({ a: 10, constructor: 4 }).status, "fail");
});

test("a row that lost what was sent is altered, and a row without a value is unknown", () => {
  const ids = ["1", "2"].map((id) => `${RUN}/${id}`) as [string, string];
  const operations = ids.map((id) => operation({ id, input: { total: 5 } }));
  const judged = (first: Json | undefined, second: Json | undefined) =>
    run(ackedSet, {
      claim: claimOf("orders", { holds: ["total"], sparse: true }),
      operations,
      ledger: twice([
        [ids[0], first],
        [ids[1], second],
      ] as Rows),
    });
  const whole = { total: 5, when: "now" };
  assert.equal(judged(whole, whole).status, "pass");
  for (const lost of [null, "garbage", [5], {}, { total: "5" }])
    assert.equal(judged(whole, lost).status, "fail", `${JSON.stringify(lost)}`);
  assert.match(judged(whole, null).because, /1 rows hold values that differ from what was sent/);
  assert.match(judged(whole, undefined).because, /1 rows in the ledger have no value/);
  assert.equal(judged(whole, undefined).status, "unknown");
  assert.match(judged(5, "text").because, /The ledger shows no values/, "no row has the fields");
});

test("changes of one key and reads of another prove nothing about either", () => {
  const line = (type: string, f: string, key: number, value: string) =>
    `{:process 0, :type :${type}, :f :${f}, :key ${key}, :value ${value}}`;
  const history = (key: number, value: string) =>
    [
      line("invoke", "write", 1, "7"),
      line("ok", "write", 1, "7"),
      line("invoke", "read", key, "nil"),
      line("ok", "read", key, value),
    ].join("\n");
  const apart = checkText(history(2, "nil"), { model: "register" });
  assert.equal(apart.linearizable, "unknown");
  assert.match(apart.because, /No key with an acknowledged change was ever read/);
  assert.equal(checkText(history(1, "7"), { model: "register" }).linearizable, true);
  assert.equal(checkText(history(2, "9"), { model: "register" }).linearizable, false);
});
