/**
 * `npm run prove:kinds [-- KIND...] [--since DATE] [--minutes N]`: runs each kind of fault of the lab as one short game day on a
 * healthy lab, which must end in a pass. Adds one row each to docs/track-record/kinds.json; a kind whose newest row does not pass,
 * or is older than DATE (2026-11-30T20:00), is run again. Starts no game day after N minutes. Needs root and a machine without
 * another lab.
 */
import { parseArgs } from "node:util";
import { AttachedLab, shopPlan } from "../test/proofs/attached-lab.ts";
import { LAB_FAULTS } from "../test/proofs/kill.ts";
import { type KindPlayed, playKind } from "../test/proofs/kinds.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/kinds.json";
const COMMAND = "npm run prove:kinds";
type KindRow = Row & KindPlayed;

let record = readRecord<KindRow>(FILE, "every kind of fault ends in pass on a healthy lab", COMMAND);
const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { since: { type: "string", default: "" }, minutes: { type: "string", default: "Infinity" } },
});
const isProven = (fault: string) => {
  const newest = record.rows.findLast((row) => row.fault === fault);
  return newest?.verdict === "pass" && newest.date >= values.since;
};
const missing = (asked.length > 0 ? asked : LAB_FAULTS).filter((fault) => !isProven(fault));

if (missing.length > 0) {
  await using lab = await AttachedLab.up(shopPlan({}));
  for (const fault of missing) {
    if (performance.now() > Number(values.minutes) * 60_000) break;
    const seed = String(7000 + record.rows.length);
    const played = await playKind(lab, fault, seed);
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, { command: COMMAND, commit: commit(), seed, date, ...played });
    if (played.verdict !== "pass") lab.keepFolder();
    console.log(`${fault}: ${played.verdict} in ${(played.ms / 1000).toFixed(0)} s: ${played.sentence}`);
    if (played.verdict !== "pass") console.log(`  kept in ${lab.folder}`);
  }
}
const left = LAB_FAULTS.filter((fault) => !isProven(fault));
console.log(
  `${LAB_FAULTS.length - left.length} of ${LAB_FAULTS.length} kinds pass${left.length === 0 ? "" : `; not: ${left.join(", ")}`}`,
);
process.exitCode = left.length === 0 ? 0 : 1;
