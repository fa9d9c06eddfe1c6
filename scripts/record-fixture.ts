/**
 * `node scripts/record-fixture.ts RUN NAME`: keeps a run as a fixture with its golden bytes. `... --again`: judges all fixtures
 * anew and rewrites their golden bytes. Use it only when the judgement is meant to change, and mention that in the commit
 * message.
 */
import { cpSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEvidence } from "../src/evidence/reader.ts";
import { renderFiles } from "../src/report/render.ts";
import { judgeFully } from "../src/verdict/judge.ts";
import { FIXTURE_RUNS, pack, withFixtureRun } from "../test/fixture-run.ts";

/** Longer evidence is compressed. */
const PLAIN_BYTES_MAX = 1_000_000;

function judgeAnew(name: string): void {
  const files = withFixtureRun(name, (run) => {
    const evidence = openEvidence(run);
    return renderFiles(judgeFully(evidence), evidence);
  });
  for (const [file, text] of files) writeFileSync(join(FIXTURE_RUNS, name, file), text);
}

const [from = "", name = ""] = process.argv.slice(2);
if (from === "--again") for (const each of readdirSync(FIXTURE_RUNS)) judgeAnew(each);
else {
  const to = join(FIXTURE_RUNS, name);
  cpSync(realpathSync(from), to, { recursive: true, filter: (path) => !path.endsWith("/logs") });
  for (const file of readdirSync(to)) if (statSync(join(to, file)).size > PLAIN_BYTES_MAX) pack(join(to, file));
  judgeAnew(name);
}
