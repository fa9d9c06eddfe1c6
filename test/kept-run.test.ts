/** What is kept of a run: complete in its statements, without the large files, and without traces of the machine. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { keepRun, LEFT_OUT_FILE, type LeftOut, machineLines } from "../scripts/kept-run.ts";
import { openEvidence } from "../src/evidence/reader.ts";
import { seal } from "../src/evidence/seal.ts";

const RUN = "test/fixtures/runs/fake";

function inFolder(work: (run: string, kept: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "gameday-kept-"));
  try {
    cpSync(RUN, join(folder, "run"), { recursive: true });
    work(join(folder, "run"), join(folder, "kept"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("verdict, reports, plan, record and manifest are kept, and of the history and logs their size and hash", () => {
  inFolder((run, kept) => {
    mkdirSync(join(run, "logs"));
    writeFileSync(join(run, "logs/a.log"), "abc");
    const out = keepRun(run, kept, "fake");
    assert.deepEqual(
      out.map(({ file }) => file),
      ["history.ndjson", "intervals.ndjson", "ledger.ndjson", "logs/a.log"],
    );
    for (const name of ["verdict.json", "report.html", "report.md", "junit.xml", "stats.json", "plan.yaml", "run.json"])
      assert.equal(readFileSync(join(kept, name), "utf8"), readFileSync(join(RUN, name), "utf8"), name);
    const manifest = JSON.parse(readFileSync(join(kept, "manifest.json"), "utf8")) as {
      files: Record<string, { sha256: string }>;
    };
    const told = JSON.parse(readFileSync(join(kept, LEFT_OUT_FILE), "utf8")) as LeftOut[];
    assert.equal(told[0]?.sha256, manifest.files["history.ndjson"]?.sha256);
    assert.deepEqual(
      openEvidence(kept).flaws,
      ["history", "intervals", "ledger"].map((name) => `${name} absent (its hash is kept)`),
    );
    const readme = readFileSync(join(kept, "README.md"), "utf8");
    for (const part of ["seed 7", "npx gameday run test/fixtures/fake/plan.yaml --seed 7", told[0]?.sha256 ?? "?"])
      assert.ok(readme.includes(part), part);
  });
});

test("changed evidence, and a run of another plan, are refused, and nothing is written", () => {
  inFolder((run, kept) => {
    assert.throws(() => keepRun(run, kept, "another"), /expected a run of the plan another, got fake/);
    writeFileSync(join(run, "ledger.ndjson"), "");
    assert.throws(() => keepRun(run, kept, "fake"), /ledger.ndjson was changed after it was sealed/);
    assert.equal(existsSync(kept), false);
  });
});

test("a text that identifies the machine is refused, with its line", () => {
  inFolder((run, kept) => {
    const record = readFileSync(join(run, "run.json"), "utf8");
    writeFileSync(join(run, "run.json"), record.replace("gameday run test/", "gameday run /home/ann/test/"));
    rmSync(join(run, "manifest.json"));
    seal(run);
    assert.throws(() => keepRun(run, kept, "fake"), /run\.json:\d+: .*\/home\/ann/);
  });
  assert.equal(
    machineLines("a", "ok\nat /tmp/x\n/temp and ../work/x and /srv/disk/n1 and /roots\non host-77 too", "host-77")
      .length,
    2,
  );
});
