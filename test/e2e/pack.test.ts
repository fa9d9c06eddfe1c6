/** The published package: Node runs no .ts files inside node_modules, so the package contains what tsc compiles from them. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exec, tryExec } from "../../src/std/exec.ts";
import { ROOT, temporaryFolder } from "./gameday.ts";

const MINUTES = 60_000;

/** A third party's program, and its output. */
const LIBRARY = `import { checkHistory, checkText, parseHistory, type CheckResult, type Operation } from "gameday/checkers";
const text = [
  '{:process 0, :type :invoke, :f :write, :value 1}',
  '{:process 0, :type :ok, :f :write, :value 1}',
  '{:process 1, :type :invoke, :f :read, :value nil}',
  '{:process 1, :type :ok, :f :read, :value 2}',
].join("\\n");
const operations: Operation[] = parseHistory(text, { model: "register" });
const result: CheckResult = checkHistory(operations, { model: "register" });
console.log(result.linearizable, result.because);
console.log(checkText(text.replace(":value 2", ":value 1"), { model: "register" }).linearizable);
`;

async function usesTheCheckers(folder: string): Promise<void> {
  writeFileSync(join(folder, "check.mts"), LIBRARY);
  const types = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "", "check.mts"];
  const compiled = await tryExec([join(ROOT, "node_modules/.bin/tsc"), ...types], { cwd: folder, deadlineMs: MINUTES });
  assert.equal(compiled.code, 0, compiled.stdout);
  const { stdout } = await exec([process.execPath, "check.mts"], { cwd: folder, deadlineMs: MINUTES });
  assert.equal(stdout, "false read 2 by process 1 fits no order: the state could only be 1.\ntrue\n");
}

test("npm pack, installed into an empty folder, provides help, judge, a scenario's types and the checkers", async (context) => {
  const folder = temporaryFolder(context);
  const { stdout } = await exec(["npm", "pack", "--silent", "--pack-destination", folder], {
    cwd: ROOT,
    deadlineMs: 3 * MINUTES,
  });
  const tarball = join(folder, stdout.trim().split("\n").at(-1) ?? "");
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "private": true }\n');
  await exec(["npm", "install", "--silent", "--no-audit", "--no-fund", tarball], {
    cwd: folder,
    deadlineMs: 5 * MINUTES,
  });
  const help = await exec(["npx", "gameday", "--help"], { cwd: folder, deadlineMs: MINUTES });
  assert.match(help.stdout, /Usage: gameday/);
  cpSync(join(ROOT, "test/fixtures/runs/fake"), join(folder, "run"), { recursive: true });
  const judged = await tryExec(["npx", "gameday", "judge", "run", "--json"], { cwd: folder, deadlineMs: MINUTES });
  assert.equal(judged.code, 0, judged.stderr);
  assert.equal(judged.stdout, readFileSync(join(folder, "run/verdict.json"), "utf8"));
  await usesTheCheckers(folder);
  // Everything that it would install is here already: what is tested is that the package has it, and that it needs no checkout.
  await exec([process.execPath, "node_modules/gameday/scripts/setup.mjs"], { cwd: folder, deadlineMs: MINUTES });
});
