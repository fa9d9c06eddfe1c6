/**
 * `npm run prove:kills-kubernetes [-- TIMES]`: kills a run on the test cluster TIMES (66) times with SIGKILL, with each kind of change at each
 * kind of moment, with a reaper's node and with the API server away, and checks what stays in force. Nothing on this machine guards the run.
 * Adds one row each to docs/track-record/kills-kubernetes.json; resumable. `--minutes N` or Ctrl-C ends it after the kill that is being played.
 * Needs root, cgroup v1 and Go.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LEASE, LEASE_SECONDS } from "../src/platform/kubernetes/lease.ts";
import { isRecord } from "../src/std/json.ts";
import { NAMESPACE, type PlanDocument, QUICK_PLAN, readPlan, TestCluster } from "../test/proofs/cluster.ts";
import { type ClusterKill, clusterKillNumbered, killOnCluster, leftOfReaper } from "../test/proofs/cluster-kill.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/kills-kubernetes.json";
const COMMAND = "npm run prove:kills-kubernetes";
const PROOF =
  "SIGKILL of the tool on a cluster: the kernel, its containers and the reaper end everything that was in force";

const ATTEMPTS_MAX = 4;

const minutesAt = process.argv.indexOf("--minutes");
const untilMs =
  minutesAt < 0 ? Number.POSITIVE_INFINITY : performance.now() + Number(process.argv[minutesAt + 1]) * 60_000;
const times = Number(
  process.argv.slice(2).find((word, index, all) => /^\d+$/.test(word) && all[index - 1] !== "--minutes") ?? 66,
);
let record = readRecord<Row & ClusterKill>(FILE, PROOF, COMMAND);
await using cluster = await TestCluster.up();
const document = guardedPlan(readPlan(QUICK_PLAN));
await cluster.deploy("quick");
await applyRights();
let isStopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    isStopped = true; // after the kill that is being played, so that nothing is left in the middle
  });
while (record.rows.length < times && performance.now() < untilMs && !isStopped) {
  const number = record.rows.length;
  const seed = String(7000 + number);
  const found = await tried(() => killOnCluster(cluster, document, clusterKillNumbered(number), seed));
  const date = new Date().toISOString().slice(0, 19);
  record = addRow(FILE, record, { command: COMMAND, commit: commit(), seed, date, ...found });
  console.log(
    `${number + 1}/${times} ${found.fault} ${found.moment}, ${found.scene}: ended after ${found.endedMs} ms, whole after ${found.wholeMs} ms; left: ${found.left.join("; ") || "nothing"}`,
  );
  if (found.left.length > 0) break; // what this kill left behind would spoil the next one
}
await delay(2 * LEASE_SECONDS * 1_000 + 10_000); // the reaper removes itself once the run has been dead for two durations of its lease
const reaper = await leftOfReaper(cluster);
console.log(`${record.rows.length} kills; left of the last run: ${reaper.join("; ") || "nothing"}`);
process.exitCode =
  reaper.length === 0 && record.rows.every(({ left }) => left.length === 0) && record.rows.length >= times ? 0 : 1;

/** The quick plan's platform with the reaper. */
function guardedPlan(plan: PlanDocument): PlanDocument {
  const platform = plan["platform"];
  return { ...plan, platform: { ...(isRecord(platform) ? platform : {}), serviceAccount: "gameday" } as PlanDocument };
}

/** Applies the rights that `init --rbac` prints for every fault. */
async function applyRights(): Promise<void> {
  const { stdout } = await cluster.gameday(["init", "--kubernetes", "-n", "shop", "--rbac"]);
  const file = join(cluster.folder, "rbac.yaml");
  writeFileSync(file, stdout);
  await cluster.kubectl(["apply", "-f", file]);
}

/** A victim that could not begin, because the cluster was too slow for it, was not killed: another one is started. */
async function tried<T>(kill: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await kill();
    } catch (thrown) {
      console.error(`attempt ${attempt}: ${String(thrown).slice(0, 500)}`);
      if (attempt === ATTEMPTS_MAX) throw thrown;
      await cluster.whole();
      await cluster.api.remove("Lease", NAMESPACE, LEASE);
    }
  }
}
