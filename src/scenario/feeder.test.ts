import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import fc from "fast-check";
import { csv, json, type RowSource, rows, shareFeeders } from "./feeder.ts";

afterEach(() => shareFeeders(0, 1));

/** Gives out rows by key, and remembers the keys. */
function sourceOf(): RowSource & { readonly keys: Set<string> } {
  const given = new Map<string, number>();
  return {
    keys: new Set<string>(),
    next({ key, length }) {
      this.keys.add(key);
      const number = given.get(key) ?? 0;
      given.set(key, number + 1);
      return number < length ? number : null;
    },
  };
}

test("rows that are used once are given out by the registered source, and null follows the last", () => {
  shareFeeders(1, 4, sourceOf());
  const feeder = rows(["a", "b"], { once: true });
  assert.deepEqual([feeder.next(), feeder.next(), feeder.next()], ["a", "b", null]);
});

test("two feeders of one file share its rows, and two lists have rows of their own", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-feeder-"));
  try {
    const file = join(folder, "rows.csv");
    writeFileSync(file, "n\n1\n2\n");
    const source = sourceOf();
    shareFeeders(0, 1, source);
    const [one, other] = [csv(file, { once: true }), csv(file, { once: true })];
    assert.deepEqual([one.next(), other.next(), one.next(), other.next()], [{ n: "1" }, { n: "2" }, null, null]);
    const lists = [1, 2].map(() => rows([1, 2], { once: true }));
    assert.deepEqual(
      lists.map((list) => list.next()),
      [1, 1],
    );
    assert.equal(source.keys.size, 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("with rows that repeat, each worker starts at its own place, and all rows reach all workers", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 }), (length, count) => {
      const list = Array.from({ length }, (_, index) => index);
      const firsts = Array.from({ length: count }, (_, slot) => {
        shareFeeders(slot, count);
        const feeder = rows(list);
        const turn = list.map(() => feeder.next());
        assert.deepEqual(
          turn.toSorted((a, b) => Number(a) - Number(b)),
          list,
        );
        assert.equal(feeder.next(), turn[0], "and from the start again");
        return turn[0];
      });
      assert.equal(new Set(firsts).size, Math.min(count, length));
    }),
  );
});

/** Returns what a feeder reports about a file with this content. */
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

test("a file whose rows do not match its header is refused, with the line", () => {
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
