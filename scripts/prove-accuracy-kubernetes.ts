/**
 * `npm run prove:accuracy-kubernetes [-- FAILOVERS]`: runs FAILOVERS (20) real failovers on the test cluster. The product's recovery interval of
 * each must contain the truth according to an independent witness (decisions/0090), which meets each replica at its own address, and be at
 * most 500 ms wide. Adds one row each to docs/track-record/accuracy-kubernetes.json; resumable. `--minutes N` ends it after so long. Needs root, cgroup v1
 * and Go.
 */
import { type Comparison, isFailover, playAndCompare } from "../test/proofs/accuracy.ts";
import { TestCluster } from "../test/proofs/cluster.ts";
import { CLUSTER_FAILOVERS, sceneOfCluster } from "../test/proofs/cluster-accuracy.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/accuracy-kubernetes.json";
const COMMAND = "npm run prove:accuracy-kubernetes";
const WIDTH_MS_MAX = 500;
const ROWS_A_FAILOVER_MAX = 2;

const numbers = process.argv
  .slice(2)
  .filter((word, index, all) => /^\d+$/.test(word) && all[index - 1] !== "--minutes");
const wanted = Number(numbers[0] ?? 20);
const minutesAt = process.argv.indexOf("--minutes");
const untilMs =
  minutesAt < 0 ? Number.POSITIVE_INFINITY : performance.now() + Number(process.argv[minutesAt + 1]) * 60_000;
let record = readRecord<Row & Comparison>(
  FILE,
  "on a real cluster the recovery interval holds the truth by an independent witness",
  COMMAND,
);
const counted = () => record.rows.filter(isFailover).length;
const isGood = ({ inside, widthMs }: Comparison) => inside && widthMs !== null && widthMs <= WIDTH_MS_MAX;
await using cluster = await TestCluster.up();
await cluster.deploy("quick");
while (counted() < wanted && record.rows.length < wanted * ROWS_A_FAILOVER_MAX && performance.now() < untilMs) {
  await cluster.whole();
  const seed = String(9000 + record.rows.length);
  for (const found of await playAndCompare(sceneOfCluster(cluster), CLUSTER_FAILOVERS, seed)) {
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, { command: COMMAND, commit: commit(), seed, date, ...found });
    const { fault, target, truthMs, truthErrorMs, lowerMs, upperMs, promotedMs } = found;
    console.log(
      `${counted()}/${wanted} ${fault} of ${target}: truth ${truthMs} +- ${truthErrorMs} ms in [${lowerMs}, ${upperMs}], promoted ${promotedMs}: ${isGood(found) ? "inside" : "OUTSIDE, or too wide"}`,
    );
  }
}
const outside = record.rows.filter(({ inside }) => !inside).length;
const wide = record.rows.filter((row) => isFailover(row) && !isGood(row)).length;
console.log(
  `${counted()} failovers that count, of ${record.rows.length} rows: ${outside} outside, ${wide} wider than ${WIDTH_MS_MAX} ms`,
);
process.exitCode = outside + wide === 0 && counted() >= wanted ? 0 : 1;
