/**
 * `npm run prove:accuracy [-- FAILOVERS] [--minutes N]`: runs FAILOVERS (50) real failovers on the lab. The product's recovery
 * interval of each must contain the truth according to an independent witness (decisions/0090) and be at most 250 ms wide. Adds one
 * row each to docs/track-record/accuracy.json, with five failovers per game day; resumable. Starts no game day after N minutes.
 * Needs root and a machine without another lab. Faults without a promotion, failovers about which the witness itself knows too
 * little, and rows of an earlier witness or interval have no part in the count.
 */
import { parseArgs } from "node:util";
import {
  type Comparison,
  failoversOf,
  isFailover,
  isOfToday,
  playAndCompare,
  sceneOfLab,
} from "../test/proofs/accuracy.ts";
import { AttachedLab, shopPlan } from "../test/proofs/attached-lab.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/accuracy.json";
const WIDTH_MS_MAX = 250;
/** With more rows than this for each failover that counts, something is wrong with the lab or the witness. */
const ROWS_A_FAILOVER_MAX = 2;
type AccuracyRow = Row & Comparison;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "Infinity" } },
});
const wanted = Number(positionals[0] ?? 50);
let record = readRecord<AccuracyRow>(
  FILE,
  "the recovery interval holds the truth by an independent witness",
  "npm run prove:accuracy",
);
const isGood = ({ inside, widthMs }: Comparison) => inside && widthMs !== null && widthMs <= WIDTH_MS_MAX;
await using lab = await AttachedLab.up(shopPlan({}));
const rows = () => record.rows.filter(isOfToday);
const counted = () => rows().filter(isFailover).length;
const rowsMax = wanted * ROWS_A_FAILOVER_MAX;
const isTimeLeft = () => performance.now() < Number(values.minutes) * 60_000;
while (counted() < wanted && rows().length < rowsMax && isTimeLeft()) {
  const number = record.rows.length;
  const seed = String(4000 + number);
  for (const found of await playAndCompare(sceneOfLab(lab), failoversOf(Math.floor(number / 5)), seed)) {
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, { command: "npm run prove:accuracy", commit: commit(), seed, date, ...found });
    if (found.promotedMs !== null && found.healedBy === "gameday") keep(lab, found);
    const { fault, target, truthMs, truthErrorMs, lowerMs, upperMs, promotedMs } = found;
    console.log(
      `${counted()}/${wanted} ${fault} of ${target}: truth ${truthMs} +- ${truthErrorMs} ms in [${lowerMs}, ${upperMs}], promoted ${promotedMs}: ${isGood(found) ? "inside" : "OUTSIDE, or too wide"}`,
    );
  }
}
const outside = rows().filter(({ inside }) => !inside).length;
const wide = rows().filter((row) => isFailover(row) && !isGood(row)).length;
console.log(
  `${counted()} failovers that count, of ${rows().length} rows: ${outside} outside, ${wide} wider than ${WIDTH_MS_MAX} ms`,
);
process.exitCode = outside + wide === 0 && counted() >= wanted ? 0 : 1;

/** Keeps the lab's folder when a member was promoted and users nevertheless waited for the tool's own healing. */
function keep(lab: AttachedLab, { fault, target }: Comparison): void {
  lab.keepFolder();
  console.log(
    `${fault} of ${target}: users waited for the tool's own healing; runs and logs are kept in ${lab.folder}`,
  );
}
