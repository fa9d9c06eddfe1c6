/**
 * `npm run prove:broken [-- TIMES]`: runs each plan of examples/jewelry-shop/broken TIMES (5) times, on a fresh lab each time.
 * Every run must exit with 1, and the verdict's `lost` must be what psql or redis-cli report as missing. Adds one row each to
 * docs/track-record/broken.json; resumable. Needs root and a machine without another lab.
 */
import { AttachedLab } from "../test/proofs/attached-lab.ts";
import { BROKEN_PLANS, type BrokenRun, brokenPlan, playBroken } from "../test/proofs/broken.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/broken.json";
type BrokenRow = Row & BrokenRun;

const times = Number(process.argv[2] ?? 5);
let record = readRecord<BrokenRow>(
  FILE,
  "broken platforms fail, and lost is what the stores say",
  "npm run prove:broken",
);
const isGood = ({ exitCode, lost, lostByStore }: BrokenRun) => exitCode === 1 && lost > 0 && lost === lostByStore;
for (const plan of BROKEN_PLANS) {
  for (let run = record.rows.filter((row) => row.plan === plan).length; run < times; run++) {
    const seed = String(5000 + record.rows.length);
    await using lab = await AttachedLab.up(brokenPlan(plan));
    const found = await playBroken(lab, plan, seed);
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, { command: "npm run prove:broken", commit: commit(), seed, date, ...found });
    console.log(
      `${plan} ${run + 1}/${times}: exit ${found.exitCode}, lost ${found.lost}, by the store ${found.lostByStore}`,
    );
  }
}
const bad = record.rows.filter((row) => !isGood(row)).length;
console.log(`${record.rows.length} runs, ${bad} not as they should be`);
process.exitCode = bad === 0 ? 0 : 1;
