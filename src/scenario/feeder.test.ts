import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import fc from "fast-check";
import { csv, json, rows, shareFeeders } from "./feeder.ts";

afterEach(() => shareFeeders(0, 1));

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

/** What a feeder says of a file with this content. */
function said(read: typeof csv | typeof json, content: string | Buffer): unknown {
  const folder = mkdtempSync(join(tmpdir(), "gameday-feeder-"));
  try {
    const file = join(folder, "rows");
    writeFileSync(file, content);
    const feeder = read(file, { once: true });
    return Array.from({ length: feeder.length }, () => feeder.next());
  } catch (thrown) {
    return String((thrown as { describe(): string }).describe()).replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a file whose rows would not be what they say is refused, with its line", () => {
  assert.deepEqual(said(csv, "\uFEFFa,b\r\n\r\n1,2\r\n"), [{ a: "1", b: "2" }]);
  assert.deepEqual(said(json, "\uFEFF[1]"), [1]);
  for (const [content, says] of [
    ["a,b\n1,2\n3\n", /^rows:3: expected 2 fields .* got 1 /],
    ['a,b\n"1\n\n",2\n"3,4\n', /^rows:5: .* got a quote that is never closed/],
    ['a,b\n1"2,3\n', /^rows:2: .* got a quote within a field/],
    ['a,b\n"1"2,3\n', /^rows:2: .* got text after the closing quote/],
    ["a;b\n1;2\n", /^rows:1: expected names with commas between them, got "a;b"/],
    ["a,a\n1,2\n", /^rows:1: .* got "a" twice/],
    [Buffer.from("a,b\nM\xFCller,1\n", "latin1"), /^rows: expected a file in UTF-8/],
    ["a,b\n", /^rows: expected at least one row/],
    ["", /^rows: expected a header line and rows, got an empty file/],
  ] as const)
    assert.match(String(said(csv, content)), says);
});
