/**
 * A short game day on a real cluster: the shop is deployed, `check` finds it whole, two faults are played under load, and what a run
 * leaves in a cluster is looked for. `npm test` runs this last, because the cluster is built beside the other tests.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
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
import { whyNoCluster } from "./possible.ts";

const why = whyNoCluster();
const SMOKE_MS_MAX = 480_000;

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
}, async () => {
  await using cluster = await TestCluster.up();
  after(() => TestCluster.down());
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
