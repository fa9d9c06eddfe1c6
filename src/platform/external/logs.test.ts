import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { externalConfig } from "./config.ts";
import { DeclaredLogs } from "./logs.ts";

const signal = new AbortController().signal;
const span = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:01:00.000Z" };

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-logs-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("only what the run added to a file is kept, and everything of one that was rotated", async (context) => {
  const folder = folderOf(context);
  const file = (name: string) => join(folder, name);
  for (const name of ["grown", "rotated"]) writeFileSync(file(name), "before the run\n");
  const logs = new DeclaredLogs([...["grown", "rotated"].map((name) => ({ name, file: name }))], folder);
  logs.begin();
  appendFileSync(file("grown"), "during it\n");
  writeFileSync(file("rotated"), "anew\n");
  await logs.copy(file("logs"), span, signal);
  assert.deepEqual(readdirSync(file("logs")), ["grown.log", "rotated.log"]);
  assert.equal(readFileSync(file("logs/grown.log"), "utf8"), "during it\n");
  assert.equal(readFileSync(file("logs/rotated.log"), "utf8"), "anew\n");
});

test("a command receives the run's span, word by word and without a shell", async (context) => {
  const folder = folderOf(context);
  const logs = new DeclaredLogs([{ name: "cloud", command: ["echo", "--since={from}", "{to}", "; $HOME"] }], folder);
  await logs.copy(folder, span, signal);
  assert.equal(readFileSync(join(folder, "cloud.log"), "utf8"), `--since=${span.from} ${span.to} ; $HOME\n`);
});

test("the end of a long log is kept, with what is written to the standard error", async (context) => {
  const folder = folderOf(context);
  const program = `
    for (let line = 0; line < 60_000; line++) process.stdout.write("line " + line + " ".repeat(90) + "\\n");
    process.stdout.write("the last on one\\n", () => console.error("the last on the other"));`;
  writeFileSync(join(folder, "print.mjs"), program);
  // The command runs in the plan's folder, like everything that the plan names.
  await new DeclaredLogs([{ name: "long", command: [process.execPath, "print.mjs"] }], folder).copy(
    folder,
    span,
    signal,
  );
  const kept = readFileSync(join(folder, "long.log"), "utf8");
  assert.match(kept, /^\[the beginning is left out.*\]\nline \d+ +\n/);
  assert.match(kept, /the last on one\nthe last on the other\n$/);
});

test("logs that are not available are named, and the rest is kept", async (context) => {
  const folder = folderOf(context);
  const commands = { bad: ["ls", "/nowhere/at/all"], good: ["echo", "well"] };
  const given = Object.entries(commands).map(([name, command]) => ({ name, command }));
  const logs = new DeclaredLogs([{ name: "gone", file: "gone" }, ...given], folder);
  await assert.rejects(
    logs.copy(folder, span, signal),
    /gone: there is no file .*bad: "ls .*nowhere.*" ended with exit/,
  );
  assert.equal(readFileSync(join(folder, "good.log"), "utf8"), "well\n");
});

test("two logs of one name would share a file, and a name that is a path is refused", () => {
  const logs = (...names: string[]) =>
    externalConfig.safeParse({
      kind: "external",
      endpoint: "http://127.0.0.1:1",
      logs: names.map((name) => ({ name, file: "a.log" })),
    }).success;
  assert.deepEqual([logs("a", "b"), logs("a", "a"), logs("../a")], [true, false, false]);
});
