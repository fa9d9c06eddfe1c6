import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Tail } from "./tail.ts";

function fileIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-tail-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "timeline.ndjson");
}

test("lines are returned once they are complete, and a file may appear later", (context) => {
  const path = fileIn(context);
  using tail = new Tail(path);
  assert.deepEqual(tail.next(), []);
  writeFileSync(path, "a\nb\n\nc");
  assert.deepEqual(tail.next(), ["a", "b"]);
  assert.deepEqual(tail.next(), []);
  appendFileSync(path, "d\n");
  assert.deepEqual(tail.next(), ["cd"]);
});

test("a line that is longer than one read is one line, and is not mistaken for the end", (context) => {
  const path = fileIn(context);
  const long = "x".repeat(700_000);
  writeFileSync(path, `${long}\nafter\n`);
  using tail = new Tail(path);
  assert.deepEqual(
    tail.next().map(({ length }) => length),
    [700_000, 5],
  );
});

test("a line beyond the length limit is skipped and counted, and what follows it is read", (context) => {
  const path = fileIn(context);
  writeFileSync(path, `a\n${"x".repeat(17 << 20)}\nb\n`);
  using tail = new Tail(path);
  assert.deepEqual([tail.next(), tail.next(), tail.skippedLines], [["a"], ["b"], 1]);
});

test("a file that shrinks or is replaced is read from its start, and a link is not followed", (context) => {
  const path = fileIn(context);
  writeFileSync(path, "a\nb\n");
  using tail = new Tail(path);
  tail.next();
  assert.equal(tail.next().length + Number(tail.isReplaced), 0);
  truncateSync(path, 2);
  tail.next();
  assert.equal(tail.isReplaced, true);
  using second = new Tail(path);
  second.next();
  writeFileSync(`${path}.new`, "c\n");
  renameSync(`${path}.new`, path);
  second.next();
  assert.equal(second.isReplaced, true);
  const link = `${path}.link`;
  symlinkSync(path, link);
  using third = new Tail(link);
  assert.deepEqual(third.next(), []);
});
