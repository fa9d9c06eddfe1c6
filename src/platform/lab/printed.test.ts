import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { printed } from "./printed.ts";

test("a short log is shown whole and a long one by its ends, always with its path", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-printed-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, "app-n1-1.log");
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);
  const shown = (text: string) => {
    writeFileSync(log, text);
    return printed(log);
  };
  assert.equal(printed(log), `it wrote nothing to ${log}`);
  assert.equal(shown(""), `it wrote nothing to ${log}`);
  assert.equal(shown("only this\n"), `it printed, to ${log}:\nonly this`);
  assert.equal(shown(`${lines(20).join("\n")}\n`), `it printed, to ${log}:\n${lines(20).join("\n")}`);
  const ends = shown(`${lines(30).join("\n")}\n`).split("\n");
  assert.deepEqual(ends.slice(0, 3), ["it printed:", "line 1", "line 2"]);
  assert.deepEqual(ends.slice(8, 11), ["line 8", `[... 10 lines are only in ${log} ...]`, "line 19"]);
  assert.equal(ends.at(-1), "line 30");
  const long = shown(`${lines(50_000).join("\n")}\n`).split("\n");
  assert.deepEqual(
    [long[1], long[9], long.at(-1)],
    ["line 1", `[... most lines are only in ${log} ...]`, "line 50000"],
  );
  assert.equal(long.length, 1 + 8 + 1 + 12);
  assert.ok(shown("x".repeat(1 << 20)).length < 1_000, "a very long line is cut");
});
