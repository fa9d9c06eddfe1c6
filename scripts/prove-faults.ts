/**
 * `npm run prove:faults`: runs the contract suite on the lab for every kind of fault that has no row yet. Adds one row each to
 * docs/track-record/faults.json with both witnesses. To prove a kind again, delete its row. Needs root and a machine without
 * another lab.
 */
import { spawnSync } from "node:child_process";
import { LAB_FAULTS } from "../test/proofs/kill.ts";
import { type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/faults.json";
const PROOF = "every fault bites and heals with witnesses, and leaves nothing";
const missing = () => {
  const { rows } = readRecord<Row & { readonly fault: string }>(FILE, PROOF, "npm run prove:faults");
  return LAB_FAULTS.filter((name) => !rows.some(({ fault }) => fault === name));
};

const env = { ...process.env, GAMEDAY_FAULTS: missing().join(","), GAMEDAY_RECORD: "1" };
if (missing().length > 0) spawnSync("node", ["--test", "test/e2e/faults.test.ts"], { env, stdio: "inherit" });
const left = missing();
console.log(
  `${LAB_FAULTS.length - left.length} of ${LAB_FAULTS.length} kinds proven${left.length === 0 ? "" : `; not: ${left.join(", ")}`}`,
);
process.exitCode = left.length === 0 ? 0 : 1;
