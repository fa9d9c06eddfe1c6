/**
 * Run folders that are traps: every command ends soon with a clear message, and nothing outside the folder is read or written.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildProgram } from "../../src/cli/program.ts";
import { redactFiles } from "../../src/cli/redact.ts";
import type { World } from "../../src/cli.ts";
import { EVIDENCE_FILES, MANIFEST_FILE } from "../../src/evidence/files.ts";
import { EvidenceWriter, giveAllTo } from "../../src/evidence/writer.ts";
import { Secrets } from "../../src/plan/secrets.ts";
import { GamedayError } from "../../src/std/errors.ts";
import { cleanRun, evidenceOf, objective } from "../../src/verdict/run.fixture.ts";
import { writeFolder } from "./folder.ts";
import { deepLine, hardLink, TRAPS } from "./hostile.ts";

const SECRET = "outside and not to be touched\n";

interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs one command as main.ts would. Any error other than a GamedayError would be a bug (exit code 70) and is thrown. */
async function command(argv: readonly string[], cwd: string): Promise<Said> {
  const written: string[] = [];
  let code = 0;
  const stream = { isTTY: false, columns: 80, write: (text: string) => written.push(text) > 0 };
  const world = {
    argv,
    cwd,
    env: {},
    owner: null,
    version: "0",
    uid: 0,
    stdout: stream,
    stderr: stream,
    setExitCode: (given: number) => {
      code = given;
    },
  } as unknown as World;
  try {
    await (await buildProgram(world)).parseAsync([...argv], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return { code: thrown.exitCode, text: thrown.describe() };
  }
  return { code, text: written.join("") };
}

interface Place {
  readonly parent: string;
  readonly run: string;
  readonly whole: string;
  readonly outside: string;
}

async function inPlace(work: (place: Place) => Promise<void> | void): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "gameday-hostile-"));
  try {
    const place = {
      parent,
      run: join(parent, "runs", "run"),
      whole: join(parent, "whole"),
      outside: join(parent, "outside"),
    };
    mkdirSync(join(parent, "runs"));
    const run = cleanRun([objective("success-percent", { atLeast: 50 })]);
    run.plan = { ...run.plan, claims: [] };
    mkdirSync(place.whole);
    writeFolder(place.whole, evidenceOf(run));
    writeFileSync(place.outside, SECRET);
    await work(place);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const FILES = [...EVIDENCE_FILES, MANIFEST_FILE];

for (const trap of TRAPS) {
  test(`${trap.name} in the place of any file of a run folder makes no command hang, crash, pass or print what is outside`, () =>
    inPlace(async ({ run, whole, parent, outside }) => {
      for (const file of FILES) {
        rmSync(run, { recursive: true, force: true });
        cpSync(whole, run, { recursive: true });
        trap.lay(join(run, file), outside);
        for (const argv of [
          ["judge", run],
          ["judge", run, "--write"],
          ["report", run],
          ["compare", whole, run],
          ["history", "runs"],
          ["seal", run],
        ]) {
          const { code, text } = await command(argv, parent);
          assert.doesNotMatch(text, /not to be touched/, `${argv.join(" ")}, ${file}`);
          if (argv[0] === "judge") assert.equal(code, argv[2] === undefined ? 2 : code, `${file}: ${text}`);
          if (argv[0] === "judge") assert.ok(code === 2 || code === 3, `${file}: ${code} ${text}`);
        }
        assert.equal(readFileSync(outside, "utf8"), SECRET, file);
      }
    }));
}

test("a value that is nested without end in one line is an error at its line", () =>
  inPlace(async ({ run, whole, parent }) => {
    for (const file of FILES.filter((name) => name.endsWith(".ndjson"))) {
      rmSync(run, { recursive: true, force: true });
      cpSync(whole, run, { recursive: true });
      deepLine(join(run, file));
      const { code, text } = await command(["judge", run], parent);
      assert.equal(code, 2, text);
      assert.match(text, new RegExp(`${file}:1:1: .*levels of nesting`), text.slice(0, 300));
    }
  }));

test("links and pipes in the place of output files are replaced, and the targets of links stay, with their owner", () =>
  inPlace(async ({ run, whole, parent, outside }) => {
    const written = [
      ...["verdict.json", "stats.json", "report.md", "report.html", "junit.xml"],
      ...["requests-by-name.csv", "failures.csv", "history.csv", "manifest.json.part"],
    ];
    const pipe = (path: string) => execFileSync("mkfifo", [path]);
    for (const lay of [(path: string) => symlinkSync(outside, path), (path: string) => hardLink(path, outside), pipe]) {
      rmSync(run, { recursive: true, force: true });
      cpSync(whole, run, { recursive: true });
      rmSync(join(run, MANIFEST_FILE));
      for (const name of written) lay(join(run, name));
      assert.equal((await command(["seal", run], parent)).code, 0);
      assert.equal((await command(["judge", run, "--write"], parent)).code, 0);
      assert.equal((await command(["report", run], parent)).code, 0);
      assert.equal(readFileSync(outside, "utf8"), SECRET);
      for (const name of written.slice(0, -1)) assert.ok(lstatSync(join(run, name)).isFile(), name);
    }
  }));

test("a folder is given to its owner, and secrets are removed from logs, without following a link in it", () =>
  inPlace(({ run, whole, outside, parent }) => {
    cpSync(whole, run, { recursive: true });
    mkdirSync(join(run, "logs"));
    mkdirSync(join(parent, "elsewhere"));
    writeFileSync(join(parent, "elsewhere", "file"), SECRET);
    symlinkSync(outside, join(run, "logs", "link"));
    symlinkSync(join(parent, "elsewhere"), join(run, "logs", "folder"));
    symlinkSync("nowhere", join(run, "logs", "dangling"));
    writeFileSync(join(run, "logs", "own"), SECRET);
    const secrets = new Secrets();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a plan names a secret
    secrets.resolve("${env:S}", { S: "not to be touched" }, () => ({ file: "plan" }));
    redactFiles(join(run, "logs"), secrets);
    const [before, inner] = [lstatSync(outside), lstatSync(join(parent, "elsewhere", "file"))];
    giveAllTo({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, run);
    if (process.getuid?.() === 0) giveAllTo({ uid: 1234, gid: 1234 }, run);
    assert.equal(lstatSync(outside).uid, before.uid);
    assert.equal(lstatSync(join(parent, "elsewhere", "file")).uid, inner.uid);
    assert.equal(readFileSync(outside, "utf8"), SECRET);
    assert.equal(readFileSync(join(parent, "elsewhere", "file"), "utf8"), SECRET);
    assert.match(readFileSync(join(run, "logs", "own"), "utf8"), /\[secret S\]/);
  }));

test("the evidence of a run is written to its own folder only, never through what lies there", () =>
  inPlace(({ run, outside }) => {
    mkdirSync(run);
    symlinkSync(outside, join(run, "run.json"));
    const options = { folder: run, run: evidenceOf(cleanRun()).run, planText: "", redact: null, owner: null };
    assert.throws(() => new EvidenceWriter(options), /expected to make the run folder/);
    assert.equal(readFileSync(outside, "utf8"), SECRET);
  }));

test("plans and histories that are devices, folders or nested without end are refused with a message", () =>
  inPlace(async ({ parent }) => {
    const deep = join(parent, "deep");
    for (const text of [
      `${"[".repeat(200_000)}${"]".repeat(200_000)}`,
      `a: ${"{a: ".repeat(5_000)}1${"}".repeat(5_000)}`,
      "- ".repeat(20_000),
    ]) {
      writeFileSync(deep, text);
      for (const path of [deep, "/dev/zero", parent]) {
        assert.equal((await command(["check", path], parent)).code, 3, text.slice(0, 20));
        assert.equal(
          (await command(["check-history", path, "--model", "register"], parent)).code,
          3,
          text.slice(0, 20),
        );
      }
    }
  }));
