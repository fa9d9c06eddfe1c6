import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import fc from "fast-check";
import { parseCsv, rows, shareFeeders } from "./feeder.ts";

afterEach(() => shareFeeders(0, 1));

test("any table reads back from CSV", () => {
  const field = fc
    .string({ unit: fc.constantFrom("a", ",", '"', "\n", "é", " ") })
    .map((text) => text.replaceAll("\r", ""));
  const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 10 });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), (given, end) => {
      const text = given.map((line) => line.map(quote).join(",")).join(end);
      assert.deepEqual(parseCsv(text), given);
    }),
  );
});

test("plain fields, empty fields and a last line end", () => {
  assert.deepEqual(parseCsv("a,b\n1,\n,2\n"), [
    ["a", "b"],
    ["1", ""],
    ["", "2"],
  ]);
});

test("over all workers each row is given exactly once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 6 }), (length, count) => {
      const list = Array.from({ length }, (_, index) => index);
      const given: number[] = [];
      for (let slot = 0; slot < count; slot++) {
        shareFeeders(slot, count);
        const feeder = rows(list, { once: true });
        for (let row = feeder.next(); row !== null; row = feeder.next()) given.push(row);
      }
      assert.deepEqual(
        given.sort((a, b) => a - b),
        list,
      );
    }),
  );
});

test("rows go round when they may", () => {
  const feeder = rows(["a", "b"]);
  assert.deepEqual([feeder.next(), feeder.next(), feeder.next()], ["a", "b", "a"]);
});
