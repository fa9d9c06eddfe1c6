/**
 * Runs that are kept whole in test/fixtures/runs. Long files are compressed there (`history.ndjson.gz`) and decompressed to be
 * judged.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

export const FIXTURE_RUNS = "test/fixtures/runs";
const PACKED = ".gz";

/** Calls `work` with a folder that holds a whole kept run, and removes the folder afterwards. */
export function withFixtureRun<T>(name: string, work: (run: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "gameday-fixture-"));
  try {
    cpSync(join(FIXTURE_RUNS, name), folder, { recursive: true });
    for (const file of readdirSync(folder).filter((each) => each.endsWith(PACKED))) {
      const packed = join(folder, file);
      writeFileSync(packed.slice(0, -PACKED.length), gunzipSync(readFileSync(packed)));
      rmSync(packed);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Replaces a file of a kept run with its compressed form. */
export function pack(file: string): void {
  writeFileSync(`${file}${PACKED}`, gzipSync(readFileSync(file), { level: 9 }));
  rmSync(file);
}
