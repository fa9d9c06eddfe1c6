/**
 * `npm run prove:soak [-- --from MINUTES --to MINUTES]`: runs 1,000 users for half an hour on one worker. Its memory (all
 * processes of the tool) must grow by less than 5 % between the mean of minute 5 and that of the last minute. Adds one row to
 * docs/track-record/soak.json. An attempt cannot be resumed, because the memory of two processes proves nothing about one.
 */
import { parseArgs } from "node:util";
import { Bench } from "../bench/bench.ts";
import { growthPercent, soaked } from "../bench/parts/users.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/soak.json";
const GROWTH_PERCENT_MAX = 5;

interface SoakRow extends Row {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly requests: number;
  readonly wrong: number;
  readonly rssBytesEarly: number;
  readonly rssBytesLate: number;
  readonly growthPercent: number;
}

const { values: flags } = parseArgs({
  options: { from: { type: "string", default: "5" }, to: { type: "string", default: "30" } },
});
const [fromMinute, toMinute] = [Number(flags.from), Number(flags.to)];

const round = await soaked(new Bench({ rounds: 1, seconds: 0 }), fromMinute * 60, toMinute * 60);
const row: SoakRow = {
  command: `npm run prove:soak -- --from ${fromMinute} --to ${toMinute}`,
  commit: commit(),
  seed: "none",
  date: new Date().toISOString().slice(0, 19),
  fromMinute,
  toMinute,
  requests: round.requests,
  wrong: round.wrong,
  rssBytesEarly: Math.round(round.rssBytesEarly),
  rssBytesLate: Math.round(round.rssBytesLate),
  growthPercent: Math.round(growthPercent(round) * 100) / 100,
};
addRow(FILE, readRecord<SoakRow>(FILE, "memory does not grow with time", "npm run prove:soak"), row);
console.log(
  `memory grew by ${row.growthPercent} % from minute ${fromMinute} to ${toMinute} (${row.requests} requests)`,
);
process.exitCode = row.wrong === 0 && row.growthPercent < GROWTH_PERCENT_MAX ? 0 : 1;
