/**
 * `npm run keep:full-run -- RUN`: keeps a run of the lab's full.yaml in docs/full-run, or one of the cluster's in
 * docs/full-run-kubernetes; the plan's name in the run says which (scripts/kept-run.ts).
 */
import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import { openEvidence } from "../src/evidence/reader.ts";
import { GamedayError } from "../src/std/errors.ts";
import { KEPT_RUNS, keepRun } from "./kept-run.ts";

const [run] = process.argv.slice(2);
try {
  if (run === undefined) throw new Error("expected the folder of a run, as in `npm run keep:full-run -- runs/latest`");
  const from = realpathSync(run);
  const named = openEvidence(from).run.plan.name;
  const { plan, folder } = Object.values(KEPT_RUNS).find((one) => one.plan === named) ?? KEPT_RUNS.lab;
  const out = keepRun(from, folder, plan, hostname());
  const bytes = out.reduce((sum, one) => sum + one.bytes, 0);
  console.log(`${folder}: kept; left out: ${out.length} files of ${(bytes / 1e6).toFixed(0)} MB, their hashes kept`);
  console.log("now: npm run completion-report");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof GamedayError && error.hint) console.error(error.hint);
  process.exitCode = error instanceof GamedayError ? error.exitCode : 3;
}
