/** A recorded run must always be judged to the same bytes, no matter where and when. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { machineLines } from "../scripts/kept-run.ts";
import { openEvidence } from "../src/evidence/reader.ts";
import { renderFiles } from "../src/report/render.ts";
import { judgeFully } from "../src/verdict/judge.ts";
import { FIXTURE_RUNS, withFixtureRun } from "./fixture-run.ts";

for (const name of readdirSync(FIXTURE_RUNS)) {
  test(`the recorded run ${name} gives its golden verdict and reports`, () => {
    const files = withFixtureRun(name, (run) => {
      const evidence = openEvidence(run);
      assert.deepEqual(evidence.flaws, []);
      return renderFiles(judgeFully(evidence), evidence);
    });
    assert.ok(files.size >= 5);
    for (const [file, text] of files) assert.equal(text, readFileSync(join(FIXTURE_RUNS, name, file), "utf8"), file);
  });

  test(`the recorded run ${name} reveals nothing about the machine it ran on`, () => {
    withFixtureRun(name, (run) => {
      for (const file of readdirSync(run))
        assert.deepEqual(machineLines(file, readFileSync(join(run, file), "utf8"), ""), []);
    });
  });
}

test("a run on the lab is among them, and passes", () => {
  const verdict: unknown = JSON.parse(readFileSync(join(FIXTURE_RUNS, "lab-small/verdict.json"), "utf8"));
  assert.equal((verdict as { verdict: string }).verdict, "pass");
});
