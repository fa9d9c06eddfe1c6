/**
 * A run that is killed at any moment between its first report and its last: no file claims more than the evidence proves at that
 * moment.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { openEvidence } from "../../src/evidence/reader.ts";
import { judge } from "../../src/verdict/judge.ts";
import { gameday, ROOT, readVerdict, start, temporaryFolder } from "./gameday.ts";

const DERIVED = [
  "verdict.json",
  "stats.json",
  "report.md",
  "report.html",
  "junit.xml",
  "requests.csv",
  "failures.csv",
  "history.csv",
];
const VICTIM = join(ROOT, "test/e2e/report-victim.ts");
const LANES = 2;

interface Ended {
  readonly signal: string | null;
  readonly stdout: string;
}

async function victim(folder: string, ...killAt: string[]): Promise<Ended> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [VICTIM, folder, ...killAt]);
    return { signal: null, stdout };
  } catch (thrown) {
    const { signal = null } = thrown as { signal?: string | null };
    if (signal === null) throw thrown;
    return { signal, stdout: "" };
  }
}

/** Asserts that no file in the folder mentions a pass, and that every existing file is whole. */
function assertSaysNothing(run: string, when: string): void {
  for (const name of DERIVED.filter((each) => existsSync(join(run, each)))) {
    const text = readFileSync(join(run, name), "utf8");
    assert.doesNotMatch(text, /\bpass|sealed and unchanged|nothing was left behind/i, `${when}: ${name}`);
    assert.match(text, name.endsWith(".html") ? /<\/html>\n$/ : /\S\r?\n$/, `${when}: ${name} is cut off`);
    if (name === "junit.xml") assert.match(text, /<testsuites [^>]*errors="[1-9]/, when);
  }
}

test("a run killed before any write from the first report to the seal passes nowhere, and after the seal the evidence decides", async (context) => {
  const parent = temporaryFolder(context);
  const whole = JSON.parse((await victim(join(parent, "whole"))).stdout) as { calls: number; code: number };
  assert.equal(whole.code, 0, "the run passes when it is let");
  assert.ok(whole.calls > 35, String(whole.calls));
  const points = Array.from({ length: whole.calls }, (_, at) => at + 1);
  const seen = { unsealed: 0, sealed: 0 };
  const lane = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      const run = join(parent, String(at));
      assert.equal((await victim(run, String(at))).signal, "SIGKILL");
      const verdict = judge(openEvidence(run));
      if (existsSync(join(run, "manifest.json"))) {
        seen.sealed++;
        assert.equal(verdict.verdict, "pass", `sealed, killed at ${at}`);
      } else {
        seen.unsealed++;
        assert.equal(verdict.verdict, "unknown", `killed at ${at}`);
        assertSaysNothing(run, `killed at ${at}`);
      }
      const strange = readdirSync(run).filter((name) => name.endsWith(".part"));
      assert.ok(strange.length <= 1, strange.join());
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  assert.ok(seen.unsealed > 18 && seen.sealed > 10, JSON.stringify(seen));
});

describe("gameday run on the fake, killed", { concurrency: 2 }, () => {
  const plan = "test/fixtures/fake/plan.yaml";
  for (const [phase, printed] of [
    ["clean-up", /== clean up/],
    ["statistics", /== statistics/],
    ["fault", /fault bit/],
    ["healing", /fault heal-commanded/],
  ] as const) {
    test(`in ${phase}: nothing claims a pass, and judging the run accuses nothing`, async (context) => {
      const run = join(temporaryFolder(context), "run");
      const started = start(["run", plan, "--out", run]);
      await started.printed(printed);
      started.child.kill("SIGKILL");
      await started.ended;
      assertSaysNothing(run, phase);
      assert.ok(existsSync(join(run, "junit.xml")), "a CI that collects it finds an error, not nothing");
      const before = readdirSync(run).sort();
      const judged = await gameday(["judge", run]);
      assert.equal(judged.code, 2, judged.stdout + judged.stderr);
      assert.match(judged.stdout, /verdict: unknown/);
      assert.deepEqual(readdirSync(run).sort(), before, "judging writes nothing");
      const written = await gameday(["judge", run, "--write"]);
      assert.equal(written.code, 2, written.stderr);
      assert.equal(readVerdict(run).verdict, "unknown");
    });
  }
});
