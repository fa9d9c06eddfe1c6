/**
 * `npm run prove:kills [-- TIMES]`: kills `gameday run` with SIGKILL TIMES (100) times while it is attached to a lab of `gameday
 * lab up`, with each kind of fault at each kind of moment, and then checks for anything left behind. Adds one row each to
 * docs/track-record/kills.json; resumable. Needs root and a machine without another lab.
 */
import { AttachedLab, shopPlan } from "../test/proofs/attached-lab.ts";
import { type Kill, kill, killNumbered } from "../test/proofs/kill.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/kills.json";
type KillRow = Row & Kill;

const times = Number(process.argv[2] ?? 100);
let record = readRecord<KillRow>(
  FILE,
  "SIGKILL of the tool leaves an attached lab alive, whole and without residue",
  "npm run prove:kills",
);
await using lab = await AttachedLab.up(shopPlan({}));
while (record.rows.length < times) {
  const number = record.rows.length;
  const seed = String(3000 + number);
  const found = await kill(lab, killNumbered(number), seed);
  const date = new Date().toISOString().slice(0, 19);
  record = addRow(FILE, record, { command: "npm run prove:kills", commit: commit(), seed, date, ...found });
  const left = found.residue.length === 0 ? "nothing left" : found.residue.join("; ");
  console.log(
    `${number + 1}/${times} ${found.fault} ${found.moment} +${found.afterMs} ms: ${found.open} open, whole after ${found.healthyAfterMs} ms, ${found.healedBy}, ${left}`,
  );
  if (found.healthyAfterMs === null) break; // What this kill left behind would spoil the result of the next one.
}
const bad = record.rows.filter((row) => !row.labAlive || row.healthyAfterMs === null || row.residue.length > 0).length;
const open = record.rows.filter((row) => row.open > 0).length;
console.log(`${record.rows.length} kills, ${open} of them while a fault was open: ${bad} left something behind`);
process.exitCode = bad === 0 && record.rows.length >= times ? 0 : 1;
