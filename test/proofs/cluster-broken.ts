/**
 * Platforms on the test cluster that are broken in a known way, each of which `check` or a run must flag by the line that was meant; and
 * healthy ones that look alike and must not be flagged. Each is arranged by kubectl on the deployed shop, and undone afterwards.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Json } from "../../src/std/json.ts";
import { readVerdict } from "../e2e/gameday.ts";
import { NAMESPACE, type PlanDocument, QUICK_PLAN, readPlan, SHOP_ON_KUBERNETES, type TestCluster } from "./cluster.ts";

const ROLLOUT = "--timeout=120s";
const SETTINGS = { ttl: 15, loop_wait: 3, retry_timeout: 4, synchronous_mode: true };

export interface ClusterVariant {
  readonly name: string;
  readonly kind: "broken" | "healthy";
  /** The command that must flag it: `check` before anything is broken, or the verdict of a run. */
  readonly by: "check" | "run";
  /** What the line of `check`, or the sentence of the verdict, must match. */
  readonly flag: RegExp;
  readonly plan: PlanDocument;
  arrange(cluster: TestCluster): Promise<void>;
  undo(cluster: TestCluster): Promise<void>;
}

export interface ClusterVariantRow {
  readonly name: string;
  readonly kind: "broken" | "healthy";
  readonly by: "check" | "run";
  readonly flagged: boolean;
  /** The lines of `check` that do not hold, or the verdict with its sentence. */
  readonly says: string;
  readonly exitCode: number | null;
}

/** Plays one variant on a healthy shop, and leaves it as it was. */
export async function playVariant(
  cluster: TestCluster,
  variant: ClusterVariant,
  seed: string,
): Promise<ClusterVariantRow> {
  const { name, kind, by } = variant;
  const plan = cluster.write(`${name.replaceAll(/\W+/g, "-")}.yaml`, variant.plan);
  try {
    await variant.arrange(cluster);
    const { says, exitCode } = by === "check" ? await checked(cluster, plan) : await run(cluster, plan, seed);
    return { name, kind, by, flagged: variant.flag.test(says), says: says.slice(0, 600), exitCode };
  } finally {
    await variant.undo(cluster);
  }
}

async function checked(cluster: TestCluster, plan: string) {
  const { code, stdout, stderr } = await cluster.gameday(["check", plan]);
  const bad = stdout.split("\n").filter((line) => line.startsWith("NOT OK"));
  if (!stdout.includes("namespace:"))
    throw new Error(`expected gameday check to look at the cluster, got ${stdout}${stderr}`);
  return { says: bad.join("\n"), exitCode: code };
}

async function run(cluster: TestCluster, plan: string, seed: string) {
  const folder = join(cluster.folder, `run-${seed}`);
  const { code } = await cluster.gameday(["run", plan, "--seed", seed, "--out", folder]);
  const { verdict, sentence, objectives } = readVerdict(folder);
  const missed = objectives.filter(({ status }) => status === "fail").map(({ id, because }) => `${id}: ${because}`);
  return { says: `${verdict}: ${sentence} ${missed.join(" ")}`, exitCode: code };
}

const quick = readPlan(QUICK_PLAN);
const scenario = (name: string): Json => ({ file: join(SHOP_ON_KUBERNETES, `../scenarios/${name}.ts`) });

/** A plan on the shop with few users and probes of all classes, for one experiment. */
function planWith(experiments: Json[], objectives: Json[], more: Readonly<Record<string, Json>> = {}): PlanDocument {
  return {
    name: "variant",
    platform: quick["platform"] as Json,
    load: { scenarios: [scenario("counter-sale"), scenario("browse")], vus: 10, rampUp: "2s" },
    probes: join(SHOP_ON_KUBERNETES, "../probes.ts"),
    warmUp: "3s",
    calm: "3s",
    experiments,
    claims: [
      {
        object: "orders",
        checkers: ["acked-set", "duplicates"],
        options: { holds: ["customer"] },
        ledger: { http: "/audit/orders" },
      },
    ],
    objectives: [NOTHING_LOST, ...objectives],
    ...more,
  };
}

const NOTHING_LOST: Json = {
  id: "nothing-lost",
  says: "no acknowledged write is lost",
  measure: "lost-writes",
  atMost: 0,
};
const CUT = {
  name: "cut",
  fault: "partition-node",
  target: { role: "postgres", leader: true },
  hold: "40s",
  settle: "3s",
};
const DRAIN = { name: "drain", fault: "drain-node", target: { role: "node", count: 1 }, hold: "5s", settle: "3s" };
const KILL_TWO = { name: "kill", fault: "kill-replicas", target: { role: "app", count: 2 }, hold: "10s", settle: "3s" };
const WITHIN_30: Json = {
  id: "recovery",
  says: "users' orders work again within 30 s",
  measure: "recovery-seconds",
  over: { experiment: "cut", class: "order-write" },
  under: 30,
};
/** A plan that nothing but `check` reads. */
const CHECKED = planWith([{ ...CUT }, { ...DRAIN }], [WITHIN_30], {
  autoscaling: { up: { replicas: 10, within: "1m" }, down: { replicas: 3, within: "1m" } },
});
const WHOLE: Json = {
  id: "whole",
  says: "everything is in its place at the end",
  measure: "health-checks-unmet",
  atMost: 0,
};

const patch = (cluster: TestCluster, what: string, body: Json) =>
  cluster.kubectl(["-n", NAMESPACE, "patch", ...what.split(" "), "--type=merge", "-p", JSON.stringify(body)]);
const rolledOut = (cluster: TestCluster) =>
  cluster.kubectl(["-n", NAMESPACE, "rollout", "status", "deploy/shop", ROLLOUT]);

/** Applies the manifests again, which undoes every patch of an object of theirs, and waits until the shop is whole. */
async function again(cluster: TestCluster): Promise<void> {
  await cluster.deploy("quick");
  await rolledOut(cluster);
  await cluster.whole();
}

/** Changes Patroni's settings through its REST API, and waits until every member has them. */
async function patroni(cluster: TestCluster, settings: Json): Promise<void> {
  const request = ["curl", "-s", "-X", "PATCH", "-d", JSON.stringify(settings), "http://127.0.0.1:8008/config"];
  await cluster.kubectl(["-n", NAMESPACE, "exec", "pg-0", "-c", "postgres", "--", ...request]);
  await delay(6_000); // two rounds of loop_wait
}

const check = (name: string, flag: RegExp, arrange: ClusterVariant["arrange"], undo = again): ClusterVariant => ({
  name,
  kind: "broken",
  by: "check",
  flag,
  plan: CHECKED,
  arrange,
  undo,
});

const METRICS = "v1beta1.metrics.k8s.io";
let metricsService = "";

/** The leader of PostgreSQL on the node through which users come in: they stay on its side when the node is cut off. */
async function leaderAtEntry(cluster: TestCluster): Promise<void> {
  const entry = "worker-1";
  const pods = await cluster.kubectl([
    "-n",
    NAMESPACE,
    "get",
    "pods",
    "-l",
    "app=pg",
    "-o",
    "jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.metadata.labels.role}{'\\n'}{end}",
  ]);
  const members = pods
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const [leader] = members.find(([, , role]) => role === "master" || role === "primary") ?? [];
  const [candidate] = members.find(([, node]) => node === entry) ?? [];
  if (leader === undefined || candidate === undefined || leader === candidate) return;
  const body = JSON.stringify({ leader, candidate });
  const request = ["curl", "-s", "-X", "POST", "-d", body, "http://127.0.0.1:8008/switchover"];
  await cluster.kubectl(["-n", NAMESPACE, "exec", "pg-0", "-c", "postgres", "--", ...request]);
  await delay(6_000);
}

export const CLUSTER_VARIANTS: readonly ClusterVariant[] = [
  check(
    "a disruption budget that allows nothing",
    /drain of worker-\d.*budget shop allows no disruption/,
    async (cluster) => {
      await patch(cluster, "pdb shop", { spec: { maxUnavailable: 0 } });
      await delay(2_000);
    },
  ),
  check("an autoscaler that may make 6 replicas of 10", /replicas to scale to.*maxReplicas 6/, async (cluster) => {
    await patch(cluster, "hpa shop", { spec: { maxReplicas: 6 } });
  }),
  check("no CPU request", /CPU requests of the app.*none on shop/, async (cluster) => {
    const body = [
      { op: "remove", path: "/spec/template/spec/containers/0/resources/requests/cpu" },
      { op: "remove", path: "/spec/template/spec/containers/0/resources/limits/cpu" },
    ];
    await cluster.kubectl(["-n", NAMESPACE, "patch", "deploy", "shop", "--type=json", "-p", JSON.stringify(body)]);
    await rolledOut(cluster);
  }),
  check(
    "no metrics server",
    /metrics server/,
    async (cluster) => {
      metricsService = await cluster.kubectl(["get", "apiservice", METRICS, "-o", "json"]);
      await cluster.kubectl(["delete", "apiservice", METRICS]);
      await delay(2_000);
    },
    async (cluster) => {
      const { apiVersion, kind, metadata, spec } = JSON.parse(metricsService);
      const file = cluster.write("metrics.json", { apiVersion, kind, metadata: { name: metadata.name }, spec });
      await cluster.kubectl(["apply", "-f", file]);
      await again(cluster);
    },
  ),
  check("a single replica", /spread of replicas/, async (cluster) => {
    await patch(cluster, "hpa shop", { spec: { minReplicas: 1 } });
    await cluster.kubectl(["-n", NAMESPACE, "scale", "deploy", "shop", "--replicas=1"]);
    await delay(12_000); // the replicas that go end within their grace period
  }),
  check(
    "all replicas on one node",
    /spread of replicas.*\d on worker-1$/m,
    async (cluster) => {
      const others = ["worker-2", "worker-3"];
      await cluster.kubectl(["cordon", ...others]);
      await cluster.kubectl(["-n", NAMESPACE, "rollout", "restart", "deploy/shop"]);
      await rolledOut(cluster);
      await delay(12_000);
      await cluster.kubectl(["uncordon", ...others]);
    },
    async (cluster) => {
      await cluster.kubectl(["-n", NAMESPACE, "rollout", "restart", "deploy/shop"]);
      await again(cluster);
    },
  ),
  check(
    "ttl 30 against a promise of 30 s",
    /failover time of PostgreSQL.*up to 43 s/,
    (cluster) => patroni(cluster, { ttl: 30, loop_wait: 10, retry_timeout: 10 }),
    (cluster) => patroni(cluster, SETTINGS),
  ),
  {
    name: "an autoscaler without metrics of new pods",
    kind: "healthy",
    by: "check",
    flag: /autoscaler|metrics/,
    plan: CHECKED,
    arrange: async (cluster) => {
      await cluster.kubectl(["-n", NAMESPACE, "rollout", "restart", "deploy/shop"]);
      await rolledOut(cluster);
      await cluster.whole();
    },
    undo: async () => undefined,
  },
  {
    name: "asynchronous PostgreSQL whose leader's node is cut off",
    kind: "broken",
    by: "run",
    flag: /^fail: .*lost/,
    plan: planWith([{ ...CUT }], []),
    arrange: async (cluster) => {
      await patroni(cluster, { synchronous_mode: false });
      await leaderAtEntry(cluster);
    },
    undo: async (cluster) => {
      await patroni(cluster, SETTINGS);
      await cluster.whole();
    },
  },
  {
    name: "ttl 30 against a promise of 30 s, played",
    kind: "broken",
    by: "run",
    flag: /^fail: .*(30 s|recovery)/,
    plan: planWith([{ ...CUT, hold: "60s" }], [WITHIN_30]),
    arrange: (cluster) => patroni(cluster, { ttl: 30, loop_wait: 10, retry_timeout: 10 }),
    undo: async (cluster) => {
      await patroni(cluster, SETTINGS);
      await cluster.whole();
    },
  },
  {
    name: "readiness that is always true",
    kind: "broken",
    by: "run",
    flag: /^fail: /,
    plan: planWith(
      [{ ...KILL_TWO }],
      [
        {
          id: "served",
          says: "99.5 % of the requests succeed while two replicas die",
          measure: "success-percent",
          over: { window: "during", experiment: "kill" },
          atLeast: 99.5,
        },
      ],
    ),
    arrange: async (cluster) => {
      const path = "/spec/template/spec/containers/0/readinessProbe";
      const body = [{ op: "replace", path, value: { exec: { command: ["true"] }, periodSeconds: 1 } }];
      await cluster.kubectl(["-n", NAMESPACE, "patch", "deploy", "shop", "--type=json", "-p", JSON.stringify(body)]);
      await rolledOut(cluster);
      await cluster.whole();
    },
    undo: again,
  },
  {
    name: "a drain that waits for its budget and finishes, with members that are pending meanwhile",
    kind: "healthy",
    by: "run",
    flag: /^fail|^unknown/,
    plan: planWith([{ ...DRAIN }], [WHOLE]),
    arrange: async (cluster) => {
      await patch(cluster, "hpa shop", { spec: { minReplicas: 6 } });
      await delay(15_000);
      await cluster.whole();
    },
    undo: again,
  },
];
