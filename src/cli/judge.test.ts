import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { World } from "../cli.ts";
import { GamedayError } from "../std/errors.ts";
import { buildProgram } from "./program.ts";

interface Said {
  readonly code: number;
  readonly text: string;
}

async function gameday(...argv: string[]): Promise<Said> {
  const written: string[] = [];
  let code = 0;
  const stream = { isTTY: false, columns: 80, write: (text: string) => written.push(text) > 0 };
  const setExitCode = (given: number) => {
    code = given;
  };
  const given = { argv, cwd: process.cwd(), env: {}, owner: null, version: "0", stdout: stream, stderr: stream };
  try {
    await (await buildProgram({ ...given, setExitCode } as unknown as World)).parseAsync(argv, { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return { code: thrown.exitCode, text: thrown.describe() };
  }
  return { code, text: written.join("") };
}

async function withCopy(of: string, work: (copy: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "gameday-judge-"));
  try {
    cpSync(of, join(parent, "run"), { recursive: true });
    await work(join(parent, "run"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

test("a kept run without its long files is unknown, history absent, and neither judge nor report overwrites what is kept", () =>
  withCopy("docs/full-run", async (run) => {
    const before = contentOf(run);
    const judged = await gameday("judge", run);
    assert.equal(judged.code, 2);
    assert.match(judged.text, /verdict: unknown/);
    assert.match(judged.text, /Unknown: history absent; /);
    for (const argv of [
      ["judge", run, "--write"],
      ["report", run],
    ]) {
      const { code, text } = await gameday(...argv);
      assert.equal(code, 3, text);
      assert.match(text, /without history\.ndjson, intervals\.ndjson, ledger\.ndjson.*\n.*--out DIR/s);
    }
    assert.deepEqual(contentOf(run), before);
    assert.equal((await gameday("judge", run, "--out", join(run, "..", "out"))).code, 2);
    assert.match(readFileSync(join(run, "..", "out", "verdict.json"), "utf8"), /history absent/);
  }));

test("judge prints and writes nothing, and with --write it replaces the verdict by the same bytes", () =>
  withCopy("test/fixtures/runs/fake", async (run) => {
    const before = contentOf(run);
    const { code, text } = await gameday("judge", run);
    assert.equal(code, 0, text);
    assert.equal((await gameday("judge", run, "--json")).text, before["verdict.json"]);
    assert.deepEqual(contentOf(run), before);
    assert.equal((await gameday("judge", run, "--write")).code, 0);
    assert.equal((await gameday("report", run)).code, 0);
    assert.deepEqual(contentOf(run), before);
  }));

test("report does not change a folder that keeps another verdict, until that is replaced", () =>
  withCopy("test/fixtures/runs/fake", async (run) => {
    rmSync(join(run, "manifest.json"));
    const before = contentOf(run);
    const refused = await gameday("report", run);
    assert.equal(refused.code, 3);
    assert.match(refused.text, /expected verdict\.json to contain "unknown".*got "pass".*\n.*judge RUN --write/s);
    assert.deepEqual(contentOf(run), before);
    assert.equal((await gameday("judge", run, "--write")).code, 2);
    assert.equal((await gameday("report", run)).code, 0);
    assert.match(readFileSync(join(run, "report.md"), "utf8"), /^# fake: unknown/);
  }));
