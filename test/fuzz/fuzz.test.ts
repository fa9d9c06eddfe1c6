/** A smoke test of `node test/fuzz/run.ts`: damaged evidence never passes where the whole evidence does not. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MANIFEST_FILE } from "../../src/evidence/files.ts";
import { seededRandom } from "../../src/std/random.ts";
import { cleanRun, evidenceOf, objective } from "../../src/verdict/run.fixture.ts";
import { fuzzOnce, judgeFolder, writeFolder } from "./folder.ts";

test("a folder damaged after it was sealed never passes, and only clear errors are thrown", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-fuzz-whole-"));
  try {
    const run = cleanRun([objective("success-percent", { atLeast: 50 })]);
    run.plan = { ...run.plan, claims: [] };
    writeFolder(folder, evidenceOf(run));
    assert.equal(judgeFolder(folder), "pass");
    const random = seededRandom("fuzz-smoke");
    for (let number = 0; number < 30; number++) {
      const result = fuzzOnce(folder, random, false);
      // The manifest itself is no evidence: formatted differently it still holds.
      if (result.changed && result.file !== MANIFEST_FILE)
        assert.notEqual(result.outcome, "pass", JSON.stringify(result));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("damage that was sealed again does not turn a failed run into a passed one", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-fuzz-forged-"));
  try {
    const run = cleanRun([objective("success-percent", { atLeast: 99 }), objective("outages", { atMost: 0 })]);
    run.plan = { ...run.plan, claims: [] };
    writeFolder(folder, evidenceOf(run));
    assert.equal(judgeFolder(folder), "fail");
    const random = seededRandom("fuzz-forged");
    for (let number = 0; number < 30; number++) {
      const result = fuzzOnce(folder, random, true);
      assert.notEqual(result.outcome, "pass", JSON.stringify(result));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
