/**
 * `npm run prove:faults-kubernetes`: runs the contract suite on the test cluster for every kind of fault that has no row yet. Adds a row for
 * each variant to docs/track-record/faults-kubernetes.json with both witnesses. Needs root, cgroup v1 and Go. `-- KIND...` plays only these.
 */
import { spawnSync } from "node:child_process";
import { CLUSTER_FAULTS, CLUSTER_RECORD } from "../test/proofs/cluster-faults.ts";
import { type Row, readRecord } from "./track-record.ts";

const { file, proof, command } = CLUSTER_RECORD;
const asked = process.argv.slice(2);
const missing = () => {
  const { rows } = readRecord<Row & { readonly fault: string }>(file, proof, command);
  const wanted = asked.length === 0 ? CLUSTER_FAULTS : asked;
  return wanted.filter((name) => !rows.some(({ fault }) => fault === name));
};

for (const name of missing()) {
  const env = { ...process.env, GAMEDAY_FAULTS: name, GAMEDAY_RECORD: "1" };
  spawnSync("node", ["--test", "test/cluster/faults.suite.ts"], { env, stdio: "inherit" });
}
const left = missing();
console.log(
  `${CLUSTER_FAULTS.length - left.length} of ${CLUSTER_FAULTS.length} kinds proven${left.length === 0 ? "" : `; not: ${left.join(", ")}`}`,
);
process.exitCode = left.length === 0 ? 0 : 1;
