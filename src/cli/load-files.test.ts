import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { OutputFiles } from "./load-files.ts";

test("what was told is in the folder within a second, whatever becomes of us", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const folder = mkdtempSync(join(tmpdir(), "gameday-out-"));
  context.after(() => rmSync(folder, { recursive: true }));
  using files = new OutputFiles(folder);
  files.write("intervals", { sequence: 1 });
  context.mock.timers.tick(1_000);
  assert.equal(readFileSync(join(folder, "intervals.ndjson"), "utf8"), '{"sequence":1}\n');
});

test("a disk that is full is told once, as the flag's trouble", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-out-"));
  context.after(() => rmSync(folder, { recursive: true }));
  using files = new OutputFiles(folder);
  const told: string[] = [];
  files.onTrouble((trouble) => told.push(trouble.describe()));
  const endless = {
    toJSON: () => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    },
  };
  files.write("intervals", endless);
  files.write("intervals", endless);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /--out/);
});
