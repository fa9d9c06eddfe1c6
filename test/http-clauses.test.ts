/** The table of HTTP's clauses (docs/decisions/0289): each row has a test that exists, or a reason. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const TABLE = readFileSync("docs/decisions/0289-clauses-of-http.md", "utf8");
const ROWS = TABLE.split("\n").filter((line) => /^\| (?!clause)/.test(line));
const REASON = /^(differs|Node): \S.{15,}/;

function fileOf(name: string): string {
  if (name === "servers.ts") return "test/nasty-servers/servers.ts";
  return name.includes("/") && !name.startsWith("http2/") ? name : `src/load/http/${name}`;
}

/** Returns what is missing; null when the test exists. */
function missing(held: string): string | null {
  const [, name = "", title = ""] = /^([\w/.-]+\.ts): (.+)$/.exec(held) ?? [];
  const file = fileOf(name);
  if (title === "" || !existsSync(file)) return `no test or reason: ${held}`;
  const quoted = JSON.stringify(title);
  const text = readFileSync(file, "utf8");
  const calls = name === "servers.ts" ? ["answers", "fails", "isNotKept"] : ["test"];
  const there = calls.some((call) => new RegExp(`\\b${call}\\(\\s*${escaped(quoted)}`).test(text));
  return there ? null : `${file} has no ${quoted}`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

test("each clause has a test that exists, or the reason why the engine differs", () => {
  assert.ok(ROWS.length > 60, `${ROWS.length} rows`);
  const wrong: string[] = [];
  for (const row of ROWS) {
    const cells = row.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim());
    const [clause = "", asks = "", held = ""] = cells;
    if (cells.length !== 3 || clause === "" || asks === "" || held === "") wrong.push(`no three cells: ${row}`);
    else if (!REASON.test(held)) wrong.push(...held.split("<br>").flatMap((one) => missing(one.trim()) ?? []));
  }
  assert.deepEqual(wrong, []);
});

test("the table covers the four documents, and each names what is out of its scope", () => {
  const parts = TABLE.split("\n## ").slice(1);
  assert.deepEqual(
    parts.map((part) => part.split(",")[0]),
    ["RFC 9110", "RFC 9112", "RFC 9113", "RFC 6265bis"],
  );
  for (const part of parts) assert.match(part, /^Out of scope: /m);
});
