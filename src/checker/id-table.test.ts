import assert from "node:assert/strict";
import { test } from "node:test";
import { IdTable } from "./id-table.ts";

test("ids keep their numbers as the table grows, and unknown ids have none", () => {
  const table = new IdTable();
  const id = (number: number) => `run/w${number % 3}/${number}`;
  for (let number = 0; number < 10_000; number++) assert.equal(table.add(id(number)), number);
  for (let number = 0; number < 10_000; number++) assert.equal(table.add(id(number)), number);
  assert.equal(table.size, 10_000);
  assert.deepEqual([table.find(id(9_999)), table.find("nobody"), table.idAt(7)], [9_999, undefined, id(7)]);
});

test("ids whose hashes collide stay apart", () => {
  const table = new IdTable();
  // These words were found by search: their 32-bit FNV-1a hashes are equal.
  assert.notEqual(table.add("costarring"), table.add("liquid"));
  assert.notEqual(table.find("costarring"), table.find("liquid"));
});
