import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerFields } from "../plan.ts";
import type { Json } from "../std/json.ts";
import { foundIn } from "./ledger-sql.ts";

const found = (columns: string[], row: Json[], fields?: LedgerFields) =>
  foundIn({ columns, rows: [row] }, fields === undefined ? {} : { fields })[0];

test("columns are found by name, whatever their order", () => {
  assert.deepEqual(found(["id", "value"], ["a", 7]), { id: "a", count: 1, value: 7 });
  assert.deepEqual(found(["value", "count", "id"], [7, "2", 42]), { id: "42", count: 2, value: 7 });
  assert.deepEqual(found(["client_id", "count", "row"], ["a", 2, 5]), { id: "a", count: 2, row: "5" });
});

test("a statement that cannot be changed is read by the columns that the plan names", () => {
  const columns = ["created", "order_no", "copies", "total"];
  assert.deepEqual(found(columns, ["now", 9, "3", "1.50"], { id: "order_no", count: "copies", value: "total" }), {
    id: "9",
    count: 3,
    value: "1.50",
  });
  assert.deepEqual(found(columns, ["now", 9, "3", "1.50"], { id: "order_no" }), { id: "9", count: 1 });
});

for (const [why, columns, fields] of [
  ['a column "copies", but columns are read by their names', ["id", "copies"], undefined],
  ["no column for the id", ["count"], undefined],
  ['requires a column "order", but the SQL returns id', ["id"], { id: "order" }],
  ['two columns "id"', ["id", "id"], undefined],
] as const) {
  test(`refused: ${why}`, () => {
    assert.throws(
      () => found([...columns], ["a", 1], fields),
      (thrown) => String(thrown).includes(why),
    );
  });
}

test("a row without an id is refused", () => {
  assert.throws(() => found(["id"], [null]), /an item whose id is null/);
});
