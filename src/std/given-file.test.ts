import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NotReadable, readGiven } from "./given-file.ts";

test("a file, a link to one and a pipe are read; a device, a folder and a pipe without a writer are not", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-given-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  writeFileSync(at("file"), "text");
  symlinkSync("file", at("link"));
  execFileSync("mkfifo", [at("pipe"), at("silent")]);
  assert.equal(String(readGiven(at("file"), { as: "a plan", bytesMax: 10 })), "text");
  assert.equal(String(readGiven(at("link"), { as: "a plan", bytesMax: 10 })), "text");
  const writer = spawn("sh", ["-c", `printf 'a long text' > ${at("pipe")}`]);
  const ended = once(writer, "close");
  assert.equal(String(readGiven(at("pipe"), { as: "a plan", bytesMax: 100 })), "a long text");
  await ended;
  for (const [path, says] of [
    [folder, /a folder/],
    ["/dev/zero", /a device/],
    ["/dev/null", /a device/],
    [at("silent"), /silent for 0\.1 s/],
  ] as const)
    assert.throws(
      () => readGiven(path, { as: "a plan", bytesMax: 100, patienceMs: 100 }),
      (thrown) => thrown instanceof NotReadable && says.test(thrown.message),
    );
  assert.throws(() => readGiven(at("file"), { as: "a plan", bytesMax: 3 }), /a file of 4 bytes, more than the 3/);
  const flood = spawn("sh", ["-c", `head -c 1000 /dev/zero > ${at("pipe")}`]);
  const over = once(flood, "close");
  assert.throws(
    () => readGiven(at("pipe"), { as: "a plan", bytesMax: 100 }),
    /more than the 100 bytes that a plan may have/,
  );
  await over;
});
