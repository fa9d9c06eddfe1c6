/**
 * A short game day on a real cluster: the shop is deployed, `init` and `check` find it whole, three faults are played under load, and what a
 * run leaves in a cluster is looked for: `npm run test:kubernetes-smoke`. `npm test` builds the cluster beside the tests before this one.
 * A busy machine makes it slower, and no promise of a time is part of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CORDONED_BY, MANAGED_BY } from "../../src/platform/kubernetes/marks.ts";
import { readVerdict } from "../e2e/gameday.ts";
import {
  NAMESPACE,
  type PlanDocument,
  QUICK_PLAN,
  readPlan,
  SHOP_ON_KUBERNETES,
  TestCluster,
} from "../proofs/cluster.ts";
import { builtInBackground, isBuiltInBackground } from "./background.ts";
import { whyNoCluster } from "./possible.ts";

const why = whyNoCluster();
if (why !== null) console.error(`SKIPPED, so nothing was tested on a real Kubernetes: ${why}`);
/** It takes four minutes on a quiet machine. */
const SMOKE_MS_MAX = 1_200_000;
const BUILD_MS_MAX = 900_000;

test("the test cluster is built", {
  skip: why ?? (isBuiltInBackground() ? false : "it is built by the next test"),
}, async () => {
  const beganMs = performance.now();
  await builtInBackground(BUILD_MS_MAX);
  console.error(`the test cluster was waited for ${minutesSince(beganMs)} min`);
});

/** Three faults on few users, whose worker is a process of this machine; our tools in a pod need no more than the image of each node. */
function smokePlan(): PlanDocument {
  const { platform } = readPlan(QUICK_PLAN) as { readonly platform: PlanDocument };
  const scenario = (name: string) => ({ file: join(SHOP_ON_KUBERNETES, `../scenarios/${name}.ts`) });
  const fault = (name: string, fault: string, target: PlanDocument, hold: string) => ({
    ...{ name, fault, target, hold },
    settle: "1s",
  });
  const orders = {
    object: "orders",
    checkers: ["acked-set", "duplicates"],
    options: { holds: ["customer"] },
    ledger: { http: "/audit/orders" },
  };
  return {
    name: "kubernetes-smoke",
    platform: { ...platform, image: "localhost/tools:1" },
    probes: join(SHOP_ON_KUBERNETES, "../probes.ts"),
    load: { scenarios: [scenario("counter-sale"), scenario("browse")], vus: 6, rampUp: "1s" },
    warmUp: "2s",
    calm: "2s",
    claims: [orders],
    experiments: [
      fault("a replica loses packets", "packet-loss", { role: "app", count: 1 }, "4s"),
      fault("the database leader dies", "kill-leader", { role: "postgres" }, "15s"),
      fault("a node is drained", "drain-node", { role: "node", count: 1 }, "4s"),
    ],
    objectives: [{ id: "nothing-lost", says: "no acknowledged write is lost", measure: "lost-writes", atMost: 0 }],
  };
}

test("three faults on a real cluster pass, each with its bite, and nothing of ours is left", {
  skip: why ?? false,
  timeout: SMOKE_MS_MAX,
}, async (context) => {
  const beganMs = performance.now();
  const began = (what: string) => console.error(`${minutesSince(beganMs)} min: ${what}`);
  context.after(async () => {
    await TestCluster.down();
    began("the cluster is down");
  });
  await using cluster = await TestCluster.withoutGameday();
  began("the cluster is up");
  await cluster.deploy("quick");
  began("the shop is whole");
  const found = await cluster.gameday(["init", "--kubernetes", "-n", NAMESPACE]);
  assert.equal(found.code, 0, found.stdout + found.stderr);
  const plan = cluster.write("smoke.yaml", smokePlan());
  const checked = await cluster.gameday(["check", plan]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  began("init and check are done");
  const folder = join(cluster.folder, "run");
  const { code, stdout, stderr } = await cluster.gameday(["run", plan, "--seed", "11", "--out", folder]);
  began("the game day is over");
  assert.equal(code, 0, stdout.slice(-8_000) + stderr);
  const verdict = readVerdict(folder);
  assert.equal(verdict.experiments.length, 3);
  for (const experiment of verdict.experiments) {
    assert.ok(experiment.bite?.witness?.says, `${experiment.name} bit`);
    assert.ok(experiment.writes.acknowledged > 0, `writes were acknowledged before ${experiment.name}`);
    assert.equal(experiment.writes.lost, 0);
  }
  assert.deepEqual(await leftIn(cluster), []);
});

function minutesSince(beganMs: number): string {
  return ((performance.now() - beganMs) / 60_000).toFixed(1);
}

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
