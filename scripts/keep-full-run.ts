/** `npm run keep:full-run -- RUN`: keeps a run of examples/jewelry-shop/full.yaml in docs/full-run/ (scripts/kept-run.ts). */
import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import { GamedayError } from "../src/std/errors.ts";
import { keepRun } from "./kept-run.ts";

const [run] = process.argv.slice(2);
try {
  if (run === undefined) throw new Error("expected the folder of a run, as in `npm run keep:full-run -- runs/latest`");
  const out = keepRun(realpathSync(run), "docs/full-run", "jewelry-shop-full", hostname());
  const bytes = out.reduce((sum, one) => sum + one.bytes, 0);
  console.log(
    `docs/full-run: kept; left out: ${out.length} files of ${(bytes / 1e6).toFixed(0)} MB, their hashes kept`,
  );
  console.log("now: npm run completion-report");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof GamedayError && error.hint) console.error(error.hint);
  process.exitCode = error instanceof GamedayError ? error.exitCode : 3;
}
