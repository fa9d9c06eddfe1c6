import assert from "node:assert/strict";
import { test } from "node:test";
import { Columns, linePieces } from "./columns.ts";

function columnsOf(values: readonly (number | null)[]): Columns {
  const columns = new Columns();
  values.forEach((answered, second) => {
    columns.set(second, { ok: answered });
  });
  return columns;
}

test("a second that is not known is NaN, and so is one before the first and after the last", () => {
  const columns = columnsOf([3, null, 5]);
  columns.set(7, { ok: 9 });
  assert.deepEqual(
    [0, 1, 2, 5, 7, 8, -1].map((at) => columns.at("ok", at)),
    [3, NaN, 5, NaN, 9, NaN, NaN],
  );
  assert.equal(columns.length, 8);
  assert.equal(columns.firstSecond, 0);
});

test("a second may be completed later: figures that are not given keep their value", () => {
  const columns = columnsOf([3]);
  columns.set(0, { failed: 1 });
  assert.deepEqual([columns.at("ok", 0), columns.at("failed", 0)], [3, 1]);
});

test("eight hours fit, and impossible times are ignored", () => {
  const columns = columnsOf([1]);
  columns.set(28_799, { ok: 2 });
  for (const second of [-1, 0.5, Number.NaN, 1e9]) columns.set(second, { ok: 99 });
  assert.equal(columns.length, 28_800);
  assert.deepEqual(columns.range("ok", 0, 28_800), { low: 1, high: 2 });
});

test("the range of an empty column is NaN", () => {
  assert.deepEqual(columnsOf([null, null]).range("ok", 0, 2), { low: NaN, high: NaN });
});

test("a gap breaks the line in two pieces", () => {
  const pieces = linePieces({
    columns: columnsOf([1, 2, null, 4]),
    figure: "ok",
    from: 0,
    to: 4,
    x: (s) => s * 10,
  });
  assert.deepEqual(
    pieces.map((piece) => piece.map(({ x, last }) => [x, last])),
    [
      [
        [10, 1],
        [20, 2],
      ],
      [[40, 4]],
    ],
  );
});

test("one failed second among a thousand in a pixel is still at its full height", () => {
  const values = Array.from({ length: 5000 }, (_, second) => (second === 2345 ? 0 : 300));
  const pieces = linePieces({ columns: columnsOf(values), figure: "ok", from: 0, to: 5000, x: (s) => s / 1000 });
  assert.equal(Math.min(...pieces.flat().map(({ low }) => low)), 0);
  assert.ok(pieces.flat().length <= 7);
});
