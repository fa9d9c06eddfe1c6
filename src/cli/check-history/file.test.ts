import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { GamedayError } from "../../std/errors.ts";
import { readHistoryFile } from "./file.ts";

const folder = mkdtempSync(join(tmpdir(), "history-file-"));
after(() => rmSync(folder, { recursive: true }));

function read(bytes: Uint8Array | string): string {
  const path = join(folder, "h");
  writeFileSync(path, bytes);
  return readHistoryFile(path, "h");
}

function complaint(bytes: Uint8Array): string {
  try {
    return read(bytes);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown.describe();
    throw thrown;
  }
}

test("text and gzipped text are read, with and without a byte order mark, also in UTF-16", () => {
  const text = "0\t:invoke\t:write\t1 ä\r\n";
  assert.equal(read(text), text);
  assert.equal(read(gzipSync(text)), text);
  assert.equal(read(`\uFEFF${text}`), text);
  assert.equal(read(Buffer.from(`\uFEFF${text}`, "utf16le")), text);
});

test("a truncated gzip, and bytes that are not text, are errors with a place", () => {
  assert.match(complaint(gzipSync("0 :invoke :write 1").subarray(0, 20)), /^h: .*cannot be unpacked/);
  assert.match(complaint(Buffer.from([0x61, 0x0a, 0x62, 0xff, 0x63])), /^h:2:2: expected a history as UTF-8 text/);
});
