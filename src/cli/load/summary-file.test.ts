import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SummaryFile } from "./summary-file.ts";

test("the summary's file is opened before the load, and keeps its content until the end", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-json-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "summary.json");
  writeFileSync(path, "before");
  using file = new SummaryFile(path);
  assert.equal(readFileSync(path, "utf8"), "before");
  file.write("after");
  assert.equal(readFileSync(path, "utf8"), "after");
  assert.throws(() => new SummaryFile(join(folder, "nowhere", "x")), { code: "cannot-write" });
  assert.equal(new SummaryFile("-").isOutput, true);
});

test("a pipe without a reader is reported at once, and one with a reader gets the whole summary", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-json-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  assert.throws(() => new SummaryFile(pipe), { message: /a pipe without a reader/ });
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  context.after(() => closeSync(reader));
  using file = new SummaryFile(pipe);
  file.write("all of it");
  const got = Buffer.alloc(64);
  assert.equal(got.toString("utf8", 0, readSync(reader, got)), "all of it");
});
