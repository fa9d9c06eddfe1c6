/**
 * `npm run prove:rights-kubernetes`: takes each right of the quick plan away once, as a user of the test cluster who has only the rights that
 * `init --rbac` prints, and sees whether `check` names it. Adds a row for each to docs/track-record/rights-kubernetes.json; resumable. `--attach`
 * uses a cluster that is up, with the shop on it. Needs root, cgroup v1 and Go.
 */

import { readFileSync } from "node:fs";
import { parsePlan } from "../src/plan/parse.ts";
import { kubernetesConfig } from "../src/platform/kubernetes/config.ts";
import { QUICK_PLAN, TestCluster } from "../test/proofs/cluster.ts";
import { applyPrintedRights, type RightRow, withoutEachRight } from "../test/proofs/cluster-rights.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/rights-kubernetes.json";
const COMMAND = "npm run prove:rights-kubernetes";
const PROOF = "with any one of its rights taken away, check names it";

let record = readRecord<Row & RightRow>(FILE, PROOF, COMMAND);
const text = readFileSync(QUICK_PLAN, "utf8");
const platforms = { kubernetes: kubernetesConfig };
const { plan } = parsePlan(text, { file: QUICK_PLAN, environment: {}, platforms });
const isAttached = process.argv.includes("--attach");
await using cluster = isAttached ? await TestCluster.attach() : await TestCluster.up();
if (!isAttached) await cluster.deploy("quick");
const kubeconfig = await applyPrintedRights(cluster, QUICK_PLAN);
const isDone = (without: string) => record.rows.some((row) => row.without === without && row.named);
for await (const found of withoutEachRight(cluster, plan, kubeconfig, isDone)) {
  const date = new Date().toISOString().slice(0, 19);
  record = addRow(FILE, record, { command: COMMAND, commit: commit(), seed: "none", date, ...found });
  if (!found.named) console.log(`not named: ${found.without}: ${found.says}`);
}
const bad = record.rows.filter(({ without }) => !isDone(without)).length;
console.log(`${record.rows.length} rights taken away one by one, ${bad} of them not named by check`);
process.exitCode = bad === 0 ? 0 : 1;
