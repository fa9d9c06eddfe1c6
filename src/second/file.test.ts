import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Second } from "../second.ts";
import { readSeconds, SECONDS_FILE, SecondsWriter } from "./file.ts";
import { SecondFold } from "./fold.ts";
import { secondSchema } from "./schema.ts";

function rowsOf(count: number): Second[] {
  return new SecondFold().take(count * 1_000);
}

test("of several lines about the same second the last one counts, and the finished file has one line for each", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-seconds-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [first, second] = rowsOf(2);
  assert.ok(first !== undefined && second !== undefined);
  const writer = new SecondsWriter(folder);
  writer.write([first, second]);
  writer.write([{ ...first, answered: 7 }]);
  assert.deepEqual(
    readSeconds(folder).map(({ answered }) => answered),
    [7, null],
  );
  writer.finish();
  const lines = readFileSync(join(folder, SECONDS_FILE), "utf8").trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ ...first, answered: 7 }, second],
  );
});

test("a torn last line does not hide the others, and a folder without the file has no rows", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-seconds-"));
  context.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(readSeconds(folder), []);
  new SecondsWriter(folder).write(rowsOf(3));
  appendFileSync(join(folder, SECONDS_FILE), '{"atMs":3000,"ph');
  assert.deepEqual(
    readSeconds(folder).map(({ atMs }) => atMs),
    [0, 1_000, 2_000],
  );
});

test("the schema accepts every row that the fold makes", () => {
  for (const row of rowsOf(2)) assert.deepEqual(secondSchema.parse(row), row);
});
