/**
 * `npm run prove:fuzz [-- COUNT]`: judges COUNT (10,000) evidence folders that are truncated, flipped, reordered or doubled. None
 * of them may pass where the whole one does not. Adds a row to docs/track-record/fuzz.json for each 400 folders and resumes where
 * the table ends. Needs no lab.
 */
import { type Campaign, fuzz } from "../test/fuzz/campaign.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/fuzz.json";
const CHUNK = 400;

interface FuzzRow extends Row, Campaign {
  readonly seconds: number;
}

const wanted = Number(process.argv[2] ?? 10_000);
let record = readRecord<FuzzRow>(
  FILE,
  "damaged evidence never passes where the whole one does not",
  "npm run prove:fuzz",
);
const sum = (of: (row: FuzzRow) => number) => record.rows.reduce((total, row) => total + of(row), 0);
while (sum((row) => row.folders) < wanted) {
  const seed = String(1 + record.rows.length);
  const started = performance.now();
  const campaign = fuzz(Math.min(CHUNK, wanted - sum((row) => row.folders)), seed);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const date = new Date().toISOString().slice(0, 19);
  const command = `node test/fuzz/run.ts ${campaign.folders} ${seed}`;
  record = addRow(FILE, record, { command, commit: commit(), date, seconds, ...campaign });
  console.log(`seed ${seed}: ${campaign.folders} folders in ${seconds} s, ${campaign.wrong.length} wrong`);
}
const wrong = sum((row) => row.wrong.length);
console.log(`${sum((row) => row.folders)} folders: ${wrong} passed wrongly`);
process.exitCode = wrong === 0 ? 0 : 1;
