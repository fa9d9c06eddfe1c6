/**
 * `npm run test:kubernetes`: the whole of Gameday on a real cluster. It brings the test cluster up, deploys the jewelry shop, runs `init`,
 * `check` and the quick plan with its five faults, and adds a row to docs/track-record/kubernetes.json. Needs root, cgroup v1 and Go.
 * `-- --keep` leaves the cluster up.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { whyNoCluster } from "../test/cluster/possible.ts";
import { NAMESPACE, QUICK_PLAN, TestCluster } from "../test/proofs/cluster.ts";
import { type ClusterDay, playOnCluster } from "../test/proofs/cluster-day.ts";
import { applyPrintedRights } from "../test/proofs/cluster-rights.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/kubernetes.json";
const COMMAND = "npm run test:kubernetes";
const PROOF =
  "the quick game day on a real cluster: five faults, an autoscaler that goes up and back, load from pods of a Job";

const why = whyNoCluster();
if (why !== null) {
  console.error(`expected a machine that can run the test cluster, got one that cannot: ${why}`);
  process.exit(4);
}
const passed = await playQuickPlan().finally(async () => {
  if (!process.argv.includes("--keep")) await TestCluster.down();
});
process.exitCode = passed ? 0 : 1;

async function playQuickPlan(): Promise<boolean> {
  await using cluster = await TestCluster.up();
  await cluster.deploy("quick");
  await demand(cluster, ["init", "--kubernetes", "-n", NAMESPACE]);
  // From here on with the rights that init prints for this plan, and no others.
  const kubeconfig = await applyPrintedRights(cluster, QUICK_PLAN);
  await demand(cluster, ["check", QUICK_PLAN], kubeconfig);
  const seed = process.env["GAMEDAY_SEED"] ?? "kubernetes";
  const runs = join("runs", "kubernetes");
  mkdirSync(runs, { recursive: true });
  const folder = join(process.cwd(), runs, `${Date.now()}`);
  const day = await playOnCluster(cluster, QUICK_PLAN, { seed, keep: folder, kubeconfig });
  const record = readRecord<Row & ClusterDay>(FILE, PROOF, COMMAND);
  const date = new Date().toISOString().slice(0, 19);
  addRow(FILE, record, { command: COMMAND, commit: commit(), seed, date, ...day });
  console.log(`${day.verdict}: ${day.sentence}\nreplicas ${day.replicas.join(" ")}; evidence: ${folder}`);
  const { stdout } = await cluster.gameday(["heal"]);
  process.stdout.write(stdout);
  return day.exitCode === 0;
}

async function demand(cluster: TestCluster, args: readonly string[], kubeconfig = cluster.kubeconfig): Promise<void> {
  const { code, stdout, stderr } = await cluster.gameday(args, kubeconfig);
  console.log(`gameday ${args.join(" ")}: exit ${code}`);
  if (code !== 0) throw new Error(`expected gameday ${args[0]} to exit 0, got ${code}:\n${stdout}\n${stderr}`);
}
