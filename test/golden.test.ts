/** A run that was recorded once must be judged to the same bytes for ever, wherever and whenever that is done. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEvidence } from "../src/evidence/reader.ts";
import { renderFiles } from "../src/report/render.ts";
import { judgeFully } from "../src/verdict/judge.ts";

const FOLDER = "test/fixtures/runs";

for (const name of readdirSync(FOLDER)) {
  test(`the recorded run ${name} gives its golden verdict and reports`, () => {
    const run = join(FOLDER, name);
    const evidence = openEvidence(run);
    assert.deepEqual(evidence.flaws, []);
    const files = renderFiles(judgeFully(evidence), evidence.run);
    assert.ok(files.size >= 5);
    for (const [file, text] of files) assert.equal(text, readFileSync(join(run, file), "utf8"), file);
  });
}

test("there is a recorded run", () => {
  assert.ok(readdirSync(FOLDER).length > 0);
});
