import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readLogLines } from "./log-lines.ts";
import { stampIn } from "./log-stamp.ts";

const AT = Date.UTC(2026, 10, 30, 10, 12, 9, 500);

test("the time of a line is found in the formats of common servers", () => {
  const lines = [
    "2026-11-30 10:12:09,500 INFO: no action. I am (n1)",
    "2026-11-30 10:12:09.500 UTC [142] LOG:  ready",
    "2026-11-30T12:12:09.5+02:00 started",
    '{"time":"2026-11-30T10:12:09.500Z","level":"info"}',
    '{"level":30,"time":1796033529500,"msg":"x"}',
    "21:M 30 Nov 2026 10:12:09.500 * Ready to accept connections",
    "10.0.0.1:1 [30/Nov/2026:10:12:09.500] shop app/n1",
  ];
  assert.deepEqual(
    lines.map(stampIn),
    lines.map(() => AT),
  );
  assert.equal(stampIn("GET /products/4: Connection terminated unexpectedly"), null);
});

test("lines within a span are read with their file; links, other files and a missing folder are left out", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-logs-"));
  try {
    const read = () => readLogLines(folder, "2026-11-30T10:12:00.000Z", [{ fromMs: 9_000, toMs: 10_000 }]);
    assert.deepEqual(read(), []);
    mkdirSync(join(folder, "logs"));
    const text = `2026-11-30 10:12:08.000 early\n2026-11-30 10:12:09.500 ${"a".repeat(900)}\nno time\n`;
    writeFileSync(join(folder, "logs/a.log"), text);
    writeFileSync(join(folder, "logs/b.txt"), text);
    symlinkSync(join(folder, "logs/a.log"), join(folder, "logs/c.log"));
    assert.deepEqual(
      read().map(({ atMs, file, text: line }) => [atMs, file, line.length]),
      [[9_500, "a.log", 300]],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
