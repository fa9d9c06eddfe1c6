import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCsv } from "./csv.ts";

function fieldsOf(text: string): (readonly string[])[] {
  return parseCsv(text).map(({ fields }) => fields);
}

test("any table is read back from CSV", () => {
  const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é", " ") });
  const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 10 });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n", "\r"), (given, end) => {
      const text = given.map((line) => line.map(quote).join(",")).join(end);
      assert.deepEqual(fieldsOf(text), given);
    }),
  );
});

test("plain fields, empty fields, empty lines and a last line without an end are read", () => {
  assert.deepEqual(fieldsOf("a,b\n\n1,\n,2\n\n"), [
    ["a", "b"],
    ["1", ""],
    ["", "2"],
  ]);
  assert.deepEqual(
    parseCsv('a\r\n\r\n"x\r\ny"\r\nz').map(({ line }) => line),
    [1, 3, 5],
  );
});
