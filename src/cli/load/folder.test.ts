import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bareRunOf } from "../../evidence/bare-run.fixture.ts";
import { openEvidence } from "../../evidence/reader.ts";
import { seal } from "../../evidence/seal.ts";
import type { EvidenceWriter } from "../../evidence/writer.ts";
import { aSecond } from "../../interval/interval.fixture.ts";
import { LoadFolder } from "./folder.ts";
import { planTextOf } from "./record.ts";

function place(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-out-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(folder: LoadFolder, runId: string, isTakenOver = false): EvidenceWriter {
  const run = bareRunOf({}, runId);
  return folder.open({ run, planText: planTextOf(run.plan, "gameday load"), redact: null, owner: null }, isTakenOver);
}

test("an existing folder is accepted, with other files in it", (context) => {
  const path = place(context);
  writeFileSync(join(path, "summary.json"), "{}");
  open(new LoadFolder(path, false), "load-1").close();
  assert.ok(existsSync(join(path, "run.json")));
  assert.equal(readFileSync(join(path, "summary.json"), "utf8"), "{}");
});

test("a folder with the evidence of another run is refused before the load, and is not changed", (context) => {
  const path = place(context);
  open(new LoadFolder(path, false), "load-1").close();
  const before = readFileSync(join(path, "run.json"), "utf8");
  assert.throws(() => new LoadFolder(path, false), { code: "folder-taken" });
  assert.throws(() => open(new LoadFolder(path, true), "load-2", true), { code: "folder-taken" });
  assert.throws(() => open(new LoadFolder(path, true), "load-1", false), { code: "folder-taken" });
  seal(path);
  assert.throws(() => new LoadFolder(path, true), { code: "folder-taken" });
  assert.equal(readFileSync(join(path, "run.json"), "utf8"), before);
});

test("a load that never began leaves no evidence, so that its command can be repeated", (context) => {
  const path = place(context);
  writeFileSync(join(path, "summary.json"), "{}");
  const folder = new LoadFolder(path, false);
  open(folder, "load-1").close();
  folder.discard();
  assert.doesNotThrow(() => new LoadFolder(path, false).discard(), "other files are not removed either");
  assert.deepEqual(readdirSync(path), ["summary.json"]);
});

test("a folder that cannot be written to is reported at once, with the flag's name", (context) => {
  const path = join(place(context), "file");
  writeFileSync(path, "");
  assert.throws(() => new LoadFolder(join(path, "below"), false), { code: "cannot-write", message: /--out/ });
  mkdirSync(`${path}-2`);
  assert.doesNotThrow(() => new LoadFolder(`${path}-2`, false));
});

test("the evidence of a killed coordinator is continued, without its broken line, and is sound when sealed", (context) => {
  const path = place(context);
  const first = open(new LoadFolder(path, true), "load-1");
  first.interval(aSecond({ sequence: 1 }));
  appendFileSync(join(path, "intervals.ndjson"), '{"worker":"w0","sequ');
  const folder = new LoadFolder(path, true);
  assert.equal(folder.holds("load-1"), true);
  const second = open(folder, "load-1", true);
  second.interval(aSecond({ sequence: 2, fromMs: 1_000, toMs: 2_000 }));
  second.conclude(3_000);
  second.close();
  seal(path);
  const evidence = openEvidence(path);
  assert.deepEqual(evidence.flaws, []);
  assert.deepEqual(
    [...evidence.intervals()].map(({ sequence }) => sequence),
    [1, 2],
  );
});
