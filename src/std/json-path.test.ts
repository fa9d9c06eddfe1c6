import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "./errors.ts";
import { isSingular, parsePath, valueAt, valuesAt } from "./json-path.ts";

const answer = {
  orders: [
    { id: 1, lines: [{ n: 1 }, { n: 2 }] },
    { id: 2, lines: [] },
  ],
  "odd key": { next: null },
};

test("names, quoted names, indexes and all items of a list are read, from the root or relative", () => {
  assert.deepEqual(valuesAt(answer, "$.orders[*]"), answer.orders);
  assert.deepEqual(valuesAt(answer, "$.orders[*].lines[*].n"), [1, 2]);
  assert.deepEqual(valuesAt([1, 2], "$[*]"), [1, 2]);
  assert.deepEqual(valueAt(answer, "$['odd key'].next"), null);
  assert.deepEqual(valueAt(answer, "orders[1].id"), 2);
  assert.deepEqual(valueAt({ a: { b: 3 } }, "a.b"), 3);
  assert.deepEqual(valueAt({ größe: 3 }, "größe"), 3);
  assert.deepEqual(valueAt(answer, "$"), answer);
});

test("a missing property is undefined, never an inherited one", () => {
  for (const path of ["$.nothing", "$.orders[9]", "$.orders.id", "constructor", "$.orders[0].id[*]"])
    assert.deepEqual(valuesAt(answer, path), [], path);
});

test("a path to a single value is distinguished from one to a list, and other forms are refused", () => {
  assert.deepEqual(["$.a[0]", "$.a[*]"].map(isSingular), [true, false]);
  for (const path of ["$..id", "$.orders[?(@.id>1)]", "$.orders[0:2]", "$.", "", "$.a b", "$.a[-1]"])
    assert.throws(() => parsePath(path), GamedayError, path);
});
