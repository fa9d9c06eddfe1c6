/**
 * `node scripts/record-fixture.ts RUN NAME`: keeps a run as a fixture with its golden bytes. `... --again`: judges all
 * fixtures anew and rewrites their golden bytes; do so only when a change of the judgement is meant, and say so in the commit.
 */
import { cpSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEvidence } from "../src/evidence/reader.ts";
import { renderFiles } from "../src/report/render.ts";
import { judgeFully } from "../src/verdict/judge.ts";

const FOLDER = "test/fixtures/runs";

function judgeAnew(run: string): void {
  const evidence = openEvidence(run);
  for (const [file, text] of renderFiles(judgeFully(evidence), evidence.run)) writeFileSync(join(run, file), text);
}

const [from = "", name = ""] = process.argv.slice(2);
if (from === "--again") for (const each of readdirSync(FOLDER)) judgeAnew(join(FOLDER, each));
else {
  cpSync(realpathSync(from), join(FOLDER, name), { recursive: true, filter: (path) => !path.endsWith("/logs") });
  judgeAnew(join(FOLDER, name));
}
