import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRows, ROWS_MOST, sortBy } from "./rows.ts";

interface Row {
  readonly name: string;
  readonly p95: number | null;
}

function names(rows: readonly Row[], column: string, descending: boolean, filter = ""): string[] {
  const cell = (row: Row, of: string) => (of === "name" ? row.name : row.p95);
  return chooseRows({ rows, filter, text: ({ name }) => name, sorting: { column, descending }, cell }).rows.map(
    ({ name }) => name,
  );
}

const ROWS: readonly Row[] = [
  { name: "GET /a", p95: 3 },
  { name: "POST /b", p95: null },
  { name: "GET /c", p95: 20 },
];

test("rows are sorted by figure or name, and unknown figures come last both ways", () => {
  assert.deepEqual(names(ROWS, "p95", true), ["GET /c", "GET /a", "POST /b"]);
  assert.deepEqual(names(ROWS, "p95", false), ["GET /a", "GET /c", "POST /b"]);
  assert.deepEqual(names(ROWS, "name", true), ["POST /b", "GET /c", "GET /a"]);
});

test("a filter requires all of its words, in upper or lower case", () => {
  assert.deepEqual(names(ROWS, "name", false, " get  "), ["GET /a", "GET /c"]);
  assert.deepEqual(names(ROWS, "name", false, "/c get"), ["GET /c"]);
  assert.deepEqual(names(ROWS, "name", false, "put"), []);
});

test("of 5,000 rows only the first are drawn, and the others are counted", () => {
  const rows = Array.from({ length: 5000 }, (_, n) => ({ name: `n${n}`, p95: n }));
  const sorting = { column: "p95", descending: true };
  const shown = chooseRows({ rows, filter: "", text: ({ name }) => name, sorting, cell: ({ p95 }) => p95 });
  assert.deepEqual([shown.rows.length, shown.more, shown.rows[0]?.name], [ROWS_MOST, 4800, "n4999"]);
});

test("a second click on a title reverses the order", () => {
  const first = sortBy({ column: "name", descending: false }, "p95", false);
  assert.deepEqual(first, { column: "p95", descending: true });
  assert.deepEqual(sortBy(first, "p95", false), { column: "p95", descending: false });
  assert.deepEqual(sortBy(first, "name", true), { column: "name", descending: false });
});
