/**
 * `node test/fuzz/run.ts [COUNT] [SEED]`: COUNT (default 10,000) damaged copies of a passing and of failing runs of the
 * fake; half of them sealed again after the damage. Prints a line of JSON; exit 1 if any passed where the whole did not,
 * or passed at all though its seal no longer holds.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MANIFEST_FILE } from "../../src/evidence/files.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import { simulateRun } from "../../src/platform/fake/simulate.ts";
import { seededRandom } from "../../src/std/random.ts";
import { type FuzzResult, fuzzOnce, judgeFolder, writeFolder } from "./folder.ts";

const [count = "10000", seed = "1"] = process.argv.slice(2);
const LIARS = [null, "async-replication", "pinned-pool", "drops-acknowledged-write"] as const;
const random = seededRandom(`fuzz ${seed}`);
const results: FuzzResult[] = [];
const wrong: FuzzResult[] = [];

for (const liar of LIARS) {
  const folder = mkdtempSync(join(tmpdir(), "gameday-fuzz-whole-"));
  try {
    const changes = liar === null ? [] : [lieNamed(liar).change];
    writeFolder(folder, simulateRun({ seed, changes, users: 3, warmUpMs: 2_000, calmMs: 4_000 }));
    const whole = judgeFolder(folder);
    for (let number = 0; number < Number(count) / LIARS.length; number++) {
      const result = fuzzOnce(folder, random, number % 2 === 1);
      results.push(result);
      if (result.outcome === "pass" && result.changed && (whole !== "pass" || isBroken(result))) wrong.push(result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifest itself is no evidence: what it says may be laid out otherwise and still hold. */
function isBroken({ resealed, file }: FuzzResult): boolean {
  return !resealed && file !== MANIFEST_FILE;
}

const of = (outcome: string) => results.filter((one) => one.outcome === outcome).length;
const counts = { pass: of("pass"), fail: of("fail"), unknown: of("unknown"), error: of("error") };
console.log(
  JSON.stringify({ folders: results.length, seed, ...counts, wrong: wrong.length, examples: wrong.slice(0, 5) }),
);
process.exitCode = wrong.length > 0 ? 1 : 0;
