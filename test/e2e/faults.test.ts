/**
 * Every kind of fault on the real lab. GAMEDAY_FAULTS=latency,jitter selects some of them. GAMEDAY_RECORD=1 adds the results to
 * docs/track-record/faults.json (npm run prove:faults).
 */
import { join } from "node:path";
import { addRow, commit, type Row, readRecord } from "../../scripts/track-record.ts";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { createLab } from "../../src/platform/lab.ts";
import { faultContract } from "../contract/fault.ts";
import type { FaultRow } from "../contract/stage.ts";
import { folderOfTestFile } from "./gameday.ts";

const folder = folderOfTestFile("faults");
const app = { command: ["node", "calling.mjs"], directory: join(import.meta.dirname, "lab-app"), gracePeriod: "2s" };
const picked = process.env["GAMEDAY_FAULTS"]?.split(",");
const marker = join(folder, "broken");
const RECORD = "docs/track-record/faults.json";
const PROOF = "every fault bites and heals with witnesses, and leaves nothing";

/** Records each row as soon as it is known, so that it remains when a later kind fails. */
function record(row: FaultRow): void {
  if (process.env["GAMEDAY_RECORD"] !== "1") return;
  const command = "npm run prove:faults";
  const date = new Date().toISOString().slice(0, 19);
  addRow<Row & FaultRow>(RECORD, readRecord(RECORD, PROOF, command), {
    command,
    commit: commit(),
    seed: "contract",
    date,
    ...row,
  });
}

faultContract("the lab", {
  open: async (clock) => {
    const lab = createLab(
      { kind: "lab", app },
      { folder: ".", logFolder: join(folder, "log"), clock, runId: "faults" },
    );
    await lab.prepare(AbortSignal.timeout(60_000));
    return lab;
  },
  skips: Object.fromEntries(
    FAULTS.filter((kind) => picked !== undefined && !picked.includes(kind.name)).map((kind) => [
      kind.name,
      "it was not picked by GAMEDAY_FAULTS",
    ]),
  ),
  given: {
    command: { with: { inject: ["touch", marker], verify: ["ls", marker], heal: ["rm", "-f", marker] } },
  },
  healthyWithinMs: 60_000,
  holdMs: 2_000,
  record,
});
