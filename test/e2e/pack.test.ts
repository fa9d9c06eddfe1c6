/** The published package: Node runs no .ts below node_modules, so it ships what tsc makes of it. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exec, tryExec } from "../../src/std/exec.ts";
import { ROOT, temporaryFolder } from "./gameday.ts";

const MINUTES = 60_000;

test("npm pack, installed into an empty folder: help, judge and a scenario's types work", async (context) => {
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
});
