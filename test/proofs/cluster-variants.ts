/** The variants of the test cluster that `check` or a run must flag, and the healthy ones that look alike. */
import { join } from "node:path";
import { isReady } from "../../src/platform/kubernetes/objects.ts";
import type { Json } from "../../src/std/json.ts";
import { type PlanDocument, QUICK_PLAN, readPlan, SHOP_ON_KUBERNETES, type TestCluster } from "./cluster.ts";
import type { ClusterVariant } from "./cluster-broken.ts";
import {
  again,
  budgetAllowsNothing,
  leaderOnNode,
  patch,
  patchTemplate,
  patroni,
  patroniAsBefore,
  replicasAre,
  restartShop,
  withMetrics,
  withoutMetrics,
} from "./cluster-states.ts";

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
const CONTAINER = "/spec/template/spec/containers/0";
/** The node through which the plan's users come in. */
const ENTRY_NODE = "worker-1";
const slowPatroni = (cluster: TestCluster) => patroni(cluster, { ttl: 30, loop_wait: 10, retry_timeout: 10 });
const WHOLE: Json = {
  id: "whole",
  says: "everything is in its place at the end",
  measure: "health-checks-unmet",
  atMost: 0,
};

const check = (name: string, flag: RegExp, arrange: ClusterVariant["arrange"], undo = again): ClusterVariant => ({
  name,
  kind: "broken",
  by: "check",
  flag,
  plan: CHECKED,
  arrange,
  undo,
});

export const CLUSTER_VARIANTS: readonly ClusterVariant[] = [
  check(
    "a disruption budget that allows nothing",
    /drain of worker-\d.*budget shop allows no disruption/,
    async (cluster) => {
      await patch(cluster, "pdb shop", { spec: { maxUnavailable: 0 } });
      await budgetAllowsNothing(cluster);
    },
  ),
  check("an autoscaler that may make 6 replicas of 10", /replicas to scale to.*maxReplicas 6/, async (cluster) => {
    await patch(cluster, "hpa shop", { spec: { maxReplicas: 6 } });
  }),
  check("no CPU request", /CPU requests of the app.*none on shop/, (cluster) =>
    patchTemplate(cluster, [
      { op: "remove", path: `${CONTAINER}/resources/requests/cpu` },
      { op: "remove", path: `${CONTAINER}/resources/limits/cpu` },
    ]),
  ),
  check("no metrics server", /metrics server/, withoutMetrics, async (cluster) => {
    await withMetrics(cluster);
    await again(cluster);
  }),
  check("a single replica", /spread of replicas/, async (cluster) => {
    await patch(cluster, "hpa shop", { spec: { minReplicas: 1 } });
    await patch(cluster, "deploy shop", { spec: { replicas: 1 } });
    await replicasAre(cluster, "a single replica", (pods) => pods.length === 1 && pods.every(isReady));
  }),
  check(
    "all replicas on one node",
    /spread of replicas.*\d on worker-1$/m,
    async (cluster) => {
      const others = ["worker-2", "worker-3"];
      await cluster.kubectl(["cordon", ...others]);
      await restartShop(cluster);
      await replicasAre(cluster, "replicas on worker-1 alone", (pods) =>
        pods.every((pod) => isReady(pod) && pod.spec?.nodeName === "worker-1"),
      );
      await cluster.kubectl(["uncordon", ...others]);
    },
    async (cluster) => {
      await cluster.kubectl(["uncordon", "worker-2", "worker-3"]);
      await restartShop(cluster);
      await again(cluster);
    },
  ),
  check("ttl 30 against a promise of 30 s", /failover time of PostgreSQL.*up to 43 s/, slowPatroni, patroniAsBefore),
  {
    name: "an autoscaler without metrics of new pods",
    kind: "healthy",
    by: "check",
    flag: /autoscaler|metrics/,
    plan: CHECKED,
    arrange: async (cluster) => {
      await restartShop(cluster);
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
      await leaderOnNode(cluster, ENTRY_NODE); // its users stay on its side when the node is cut off
      await cluster.whole();
    },
    undo: patroniAsBefore,
  },
  {
    name: "ttl 30 against a promise of 30 s, played",
    kind: "broken",
    by: "run",
    flag: /^fail: .*(30 s|recovery)/,
    plan: planWith([{ ...CUT, hold: "60s" }], [WITHIN_30]),
    arrange: slowPatroni,
    undo: patroniAsBefore,
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
      const value = { exec: { command: ["true"] }, periodSeconds: 1 };
      await patchTemplate(cluster, [{ op: "replace", path: `${CONTAINER}/readinessProbe`, value }]);
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
      await replicasAre(cluster, "6 ready replicas", (pods) => pods.filter(isReady).length === 6);
      await cluster.whole();
    },
    undo: again,
  },
];
