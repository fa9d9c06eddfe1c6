/** The table of the dashboard's points (docs/decisions/0420): none is left out, and each names a test that exists. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const TABLE = readFileSync("docs/decisions/0420-points-of-the-dashboard.md", "utf8");
const SHORT: Readonly<Record<string, string>> = {
  security: "test/e2e/dashboard-security.test.ts",
  answers: "test/e2e/dashboard-answers.test.ts",
  process: "test/e2e/dashboard-process.test.ts",
};

/** Returns the rows of a part of the table, each as its cells. */
function rowsOf(title: string): string[][] {
  const part = TABLE.split("\n## ").find((text) => text.startsWith(title)) ?? "";
  const lines = part.split("\n").filter((line) => /^\| (?!point|check|trouble)/.test(line));
  return lines.map((line) => line.slice(2, -2).split(" | "));
}

/** Returns what is missing; null when the test exists. */
function missing(held: string): string | null {
  const [, file = "", title = ""] = /^([\w/.-]+): (.+)$/.exec(held) ?? [];
  const path = SHORT[file] ?? (file.includes("/") ? file : `test/browser/${file}`);
  if (title === "" || !existsSync(path)) return `no test: ${held}`;
  const quoted = JSON.stringify(title).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\b(?:test|step)\\(\\s*${quoted}`).test(readFileSync(path, "utf8"))
    ? null
    : `${path} has no ${quoted}`;
}

test("all thirty points and twenty checks are there, each with a test that exists", () => {
  const numbers = (title: string) => rowsOf(title).map(([number]) => Number(number));
  assert.deepEqual(
    numbers("Points"),
    Array.from({ length: 30 }, (_, n) => n + 1),
  );
  assert.deepEqual(
    numbers("Security"),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  const rows = ["Points", "Security", "Trouble"].flatMap(rowsOf);
  const wrong = rows.flatMap((cells) => (cells.length === 3 ? [] : [`not three cells: ${cells.join(" | ")}`]));
  const absent = rows.flatMap(([, , held = ""]) => held.split("<br>").flatMap((one) => missing(one.trim()) ?? []));
  assert.deepEqual([...wrong, ...absent], []);
});
