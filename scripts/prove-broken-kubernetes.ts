/**
 * `npm run prove:broken-kubernetes`: on the test cluster, platforms that are broken in a known way are flagged by the line that was meant, and
 * healthy ones that look alike are not. Adds one row each to docs/track-record/broken-kubernetes.json; a variant with a good row is not
 * played again. `--minutes N` ends it after so long. `--checks` plays only what `check` finds, without a load, on a
 * cluster that is up. Needs root, cgroup v1 and Go.
 */
import { TestCluster } from "../test/proofs/cluster.ts";
import { type ClusterVariantRow, playVariant } from "../test/proofs/cluster-broken.ts";
import { CLUSTER_VARIANTS } from "../test/proofs/cluster-variants.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/broken-kubernetes.json";
const COMMAND = "npm run prove:broken-kubernetes";
const PROOF =
  "on a real cluster broken platforms are flagged by the line that was meant, and healthy look-alikes are not";

const minutesAt = process.argv.indexOf("--minutes");
const untilMs =
  minutesAt < 0 ? Number.POSITIVE_INFINITY : performance.now() + Number(process.argv[minutesAt + 1]) * 60_000;
let record = readRecord<Row & ClusterVariantRow>(FILE, PROOF, COMMAND);
const isGood = ({ kind, flagged }: ClusterVariantRow) => flagged === (kind === "broken");
const isDone = (name: string) => record.rows.some((row) => row.name === name && isGood(row));
const onlyChecks = process.argv.includes("--checks");
await using cluster = onlyChecks ? await TestCluster.attach() : await TestCluster.up();
if (!onlyChecks) await cluster.deploy("quick");
for (const variant of CLUSTER_VARIANTS) {
  if (isDone(variant.name) || performance.now() > untilMs || (onlyChecks && variant.by === "run")) continue;
  const seed = String(8000 + record.rows.length);
  const found = await playVariant(cluster, variant, seed);
  const date = new Date().toISOString().slice(0, 19);
  record = addRow(FILE, record, { command: COMMAND, commit: commit(), seed, date, ...found });
  console.log(`${isGood(found) ? "good" : "BAD "} ${found.name}: ${found.says || "nothing flagged"}`);
}
const left = CLUSTER_VARIANTS.filter(({ name }) => !isDone(name)).map(({ name }) => name);
console.log(
  `${CLUSTER_VARIANTS.length - left.length} of ${CLUSTER_VARIANTS.length} variants as they should be; not: ${left.join("; ") || "none"}`,
);
process.exitCode = left.length === 0 ? 0 : 1;
