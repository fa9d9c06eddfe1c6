import assert from "node:assert/strict";
import { test } from "node:test";
import { excerptOf, LOG_LINES_MAX } from "./logs.ts";

const line = (atMs: number, text: string, file = "n1.log") => ({ atMs, file, text });

test("what a file repeats with other numbers is shown once, so that it does not hide the rest", () => {
  const ended = Array.from({ length: 50 }, (_, at) => line(20_000 + at, `[${300 + at}] FATAL: terminating connection`));
  const { lines, more } = excerptOf("kill", 20_000, [...ended, line(27_600, "promoted", "n2.log")]);
  assert.deepEqual(
    lines.map(({ atMs, text, times }) => [atMs, text, times]),
    [
      [20_000, "[300] FATAL: terminating connection", 50],
      [27_600, "promoted", 1],
    ],
  );
  assert.equal(more, 0);
});

test("the lines nearest to the bite are kept, in order of time, and the others are counted", () => {
  const words = Array.from({ length: 60 }, (_, at) => line(20_000 + at * 100, `line ${"x".repeat(at + 1)}`));
  const { lines, more } = excerptOf("kill", 20_000, [...words].reverse());
  assert.deepEqual([lines.length, more], [LOG_LINES_MAX, 20]);
  assert.deepEqual(lines[0]?.atMs, 20_000);
  assert.deepEqual(lines.at(-1)?.atMs, 20_000 + (LOG_LINES_MAX - 1) * 100);
});

test("lines long before or after the bite are left out", () => {
  assert.deepEqual(excerptOf("kill", 20_000, [line(18_000, "early"), line(31_000, "late")]).lines, []);
});
