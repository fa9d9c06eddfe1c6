/**
 * A short game day on a real cluster: the shop is deployed, `check` finds it whole, two faults are played under load, and what a run
 * leaves in a cluster is looked for: `npm run test:kubernetes-smoke`. With GAMEDAY_CLUSTER_BUILD it waits for a build that runs beside other
 * tests, and that leaves its log and its exit code in that folder.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CORDONED_BY, MANAGED_BY } from "../../src/platform/kubernetes/marks.ts";
import { until } from "../../src/std/wait.ts";
import { readVerdict } from "../e2e/gameday.ts";
import {
  NAMESPACE,
  type PlanDocument,
  QUICK_PLAN,
  readPlan,
  SHOP_ON_KUBERNETES,
  TestCluster,
} from "../proofs/cluster.ts";
import { whyNoCluster } from "./possible.ts";

const why = whyNoCluster();
if (why !== null) console.error(`SKIPPED, so nothing was tested on a real Kubernetes: ${why}`);
const SMOKE_MS_MAX = 480_000;
const BUILD_MS_MAX = 900_000;

/** Waits for the build that `npm test` began before its first test, and prints how long nothing else ran. */
async function built(folder: string): Promise<void> {
  const beganMs = performance.now();
  const isOver = () => existsSync(join(folder, "code"));
  const limits = { deadlineMs: BUILD_MS_MAX, everyMs: 1_000, signal: AbortSignal.timeout(BUILD_MS_MAX + 1_000) };
  await until(isOver, { what: "the test cluster to be built", ...limits });
  console.error(`the test cluster was waited for ${minutesSince(beganMs)} min`);
  const code = readFileSync(join(folder, "code"), "utf8").trim();
  assert.equal(code, "0", readFileSync(join(folder, "log"), "utf8").slice(-4_000));
}

function minutesSince(beganMs: number): string {
  return ((performance.now() - beganMs) / 60_000).toFixed(1);
}

const building = process.env["GAMEDAY_CLUSTER_BUILD"];
test("the test cluster is built", {
  skip: building === undefined ? "it is built by the next test" : false,
}, async () => {
  await built(building ?? "");
});

/** Two faults of the quick plan with fewer users, whose worker is a process of this machine. */
function smokePlan(): PlanDocument {
  const { autoscaling: _autoscaling, objectives: _objectives, load: _load, ...quick } = readPlan(QUICK_PLAN);
  const scenario = (name: string) => ({ file: join(SHOP_ON_KUBERNETES, `../scenarios/${name}.ts`) });
  return {
    ...quick,
    name: "kubernetes-smoke",
    probes: join(SHOP_ON_KUBERNETES, "../probes.ts"),
    load: { scenarios: [scenario("counter-sale"), scenario("browse")], vus: 10, rampUp: "2s" },
    warmUp: "3s",
    calm: "3s",
    claims: [
      {
        object: "orders",
        checkers: ["acked-set", "duplicates"],
        options: { holds: ["customer"] },
        ledger: { http: "/audit/orders" },
      },
    ],
    experiments: [
      {
        name: "the database leader dies",
        fault: "kill-leader",
        target: { role: "postgres" },
        hold: "10s",
        settle: "2s",
      },
      { name: "a node is drained", fault: "drain-node", target: { role: "node", count: 1 }, hold: "5s", settle: "2s" },
    ],
    objectives: [{ id: "nothing-lost", says: "no acknowledged write is lost", measure: "lost-writes", atMost: 0 }],
  };
}

test("two faults on a real cluster: pass, each with its bite, and nothing of ours is left", {
  skip: why ?? false,
  timeout: SMOKE_MS_MAX,
}, async (context) => {
  const beganMs = performance.now();
  context.after(async () => {
    await TestCluster.down();
    console.error(`the smoke on the cluster took ${minutesSince(beganMs)} min`);
  });
  await using cluster = await TestCluster.up();
  await cluster.deploy("quick");
  const plan = cluster.write("smoke.yaml", smokePlan());
  const checked = await cluster.gameday(["check", plan]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  const folder = join(cluster.folder, "run");
  const { code, stdout, stderr } = await cluster.gameday(["run", plan, "--seed", "11", "--out", folder]);
  assert.equal(code, 0, stdout.slice(-8_000) + stderr);
  const verdict = readVerdict(folder);
  for (const experiment of verdict.experiments) {
    assert.ok(experiment.bite?.witness?.says, `${experiment.name} bit`);
    assert.equal(experiment.healedBy, "platform");
    assert.ok(experiment.writes.acknowledgedLastSecond > 0);
    assert.equal(experiment.writes.lost, 0);
  }
  assert.deepEqual(await leftIn(cluster), []);
});

/** Returns everything of ours in the cluster that can be taken away. */
async function leftIn({ api }: TestCluster): Promise<string[]> {
  const [[label, value]] = Object.entries(MANAGED_BY) as [[string, string]];
  const kinds = ["ConfigMap", "Secret", "Job", "Deployment", "Lease"] as const;
  const lists = await Promise.all(
    kinds.map((kind) => api.list(kind, { namespace: NAMESPACE, labels: `${label}=${value}` })),
  );
  const nodes = await api.list("Node", { namespace: "" });
  const cordoned = nodes.filter(({ metadata }) => metadata.annotations?.[CORDONED_BY] !== undefined);
  return [
    ...lists.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ...cordoned.map(({ metadata }) => `cordon of ${metadata.name}`),
  ];
}
