import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { RunRecord } from "../evidence.ts";
import { cleanRun, evidenceOf } from "../verdict/run.fixture.ts";
import {
  EVIDENCE_FILES,
  type EvidenceFile,
  HISTORY_FILE,
  MANIFEST_FILE,
  REQUESTS_FILE,
  RUN_FILE,
  TIMELINE_FILE,
} from "./files.ts";
import { openEvidence } from "./reader.ts";
import { seal } from "./seal.ts";
import { EvidenceWriter } from "./writer.ts";

/** Returns a complete, sealed run folder as the tool writes it. */
function wholeFolder(context: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), "gameday-sound-"));
  context.after(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, "run");
  const evidence = evidenceOf(cleanRun());
  const run: RunRecord = evidence.run;
  const writer = new EvidenceWriter({ folder, run, planText: "name: fake\n", redact: null, owner: null });
  for (const event of evidence.timeline) writer.event(event);
  for (const one of [...evidence.operations()].slice(0, 40)) writer.operation(one);
  for (const one of evidence.intervals()) writer.interval(one);
  for (const one of evidence.ledger()) writer.ledger(one);
  writer.conclude(61_000);
  writer.close();
  seal(folder);
  return folder;
}

/** Seals a changed folder again, as a forger would, or a user who tidies up. */
function resealed(folder: string): ReturnType<typeof openEvidence> {
  rmSync(join(folder, MANIFEST_FILE));
  seal(folder);
  return openEvidence(folder);
}

test("a run that wrote its last line is sound, and may accuse", (context) => {
  const { flaws, torn } = openEvidence(wholeFolder(context));
  assert.deepEqual(flaws, []);
  assert.equal(torn, undefined);
});

test("requests.csv is sealed if it exists: a change is detected, and its absence means nothing", (context) => {
  const folder = wholeFolder(context);
  const path = join(folder, REQUESTS_FILE);
  writeFileSync(path, "timestamp\n1\n");
  assert.deepEqual(openEvidence(folder).flaws, ["requests.csv is not part of the seal"]);
  assert.deepEqual(resealed(folder).flaws, []);
  writeFileSync(path, "timestamp\n2\n");
  const { flaws, torn } = openEvidence(folder);
  assert.deepEqual(flaws, ["requests.csv was changed after it was sealed"]);
  assert.equal(torn, undefined, "nothing is judged from it");
  rmSync(path);
  assert.deepEqual(openEvidence(folder).flaws, []);
});

for (const file of EVIDENCE_FILES.filter((name) => name !== RUN_FILE)) {
  test(`any single line removed from ${file} is detected although the folder was sealed again`, (context) => {
    const folder = wholeFolder(context);
    const path = join(folder, file);
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    for (const at of lines.keys()) {
      writeFileSync(
        path,
        lines
          .filter((_, number) => number !== at)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const { flaws, torn } = resealed(folder);
      assert.equal(flaws.length, 1, `${file}:${at + 1}`);
      assert.notEqual(torn, undefined, `${file}:${at + 1}`);
    }
  });

  test(`any changed line of ${file} is detected although the folder was sealed again`, (context) => {
    const folder = wholeFolder(context);
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(/"(atMs|completedAtMs|toMs)":/, '"$1":1') === text
        ? `${text}# more\n`
        : text.replace(/"(atMs|completedAtMs|toMs)":/, '"$1":1'),
    );
    assert.equal(resealed(folder).flaws.length, 1);
  });
}

test("a line added to the run's own lines is a flaw, and removes nothing that could excuse the platform", (context) => {
  const folder = wholeFolder(context);
  for (const file of [HISTORY_FILE, TIMELINE_FILE] as const) {
    const lines = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), `${lines.split("\n", 1)[0]}\n${lines}`);
  }
  const { flaws, torn } = resealed(folder);
  assert.equal(flaws.length, 2);
  assert.equal(torn, undefined);
});

test("a history that is absent, emptied, cut off or not sealed counts as absent, whatever else there is", (context) => {
  const history = (folder: string) => join(folder, HISTORY_FILE);
  const ways: ((folder: string) => void)[] = [
    (folder) => rmSync(history(folder)),
    (folder) => truncateSync(history(folder)),
    (folder) => truncateSync(history(folder), 3_000),
  ];
  for (const way of ways) {
    const folder = wholeFolder(context);
    way(folder);
    assert.match(tornOf(folder), /^history absent/);
    rmSync(join(folder, MANIFEST_FILE));
    assert.match(tornOf(folder), /^not sealed/);
    seal(folder);
    assert.match(tornOf(folder), /^history absent/);
  }
});

/** Returns the `torn` of a folder. A cut line is not valid JSON, but the history is read only when it is judged. */
function tornOf(folder: string): string {
  return openEvidence(folder).torn ?? "whole";
}

test("a manifest that is null, a list, of null entries or of another version is a flaw, and no crash", (context) => {
  const folder = wholeFolder(context);
  const file: EvidenceFile = RUN_FILE;
  for (const manifest of [
    "null",
    "[]",
    "{}",
    `{"version":1,"files":null}`,
    `{"version":1,"files":{"${file}":null}}`,
    `{"version":9,"files":{}}`,
    "",
    "\u0000",
    `{"version":1,"files":{"${file}":{"bytes":"1","sha256":[]}}}`,
  ]) {
    writeFileSync(join(folder, MANIFEST_FILE), manifest);
    const { flaws, torn } = openEvidence(folder);
    assert.equal(flaws.length, 1, manifest);
    assert.notEqual(torn, undefined, manifest);
  }
});

test("a malformed last line counts as lost", (context) => {
  const folder = wholeFolder(context);
  const path = join(folder, TIMELINE_FILE);
  const text = readFileSync(path, "utf8");
  for (const files of ["null", "[]", `{"history.ndjson":null}`]) {
    writeFileSync(path, text.replace(/"files":\{.*\}\}/, `"files":${files}}`));
    assert.match(resealed(folder).flaws.join(), /lost its last line/, files);
  }
  writeFileSync(path, `null\n${text}`);
  assert.match(resealed(folder).flaws.join(), /not what the run wrote/);
});
