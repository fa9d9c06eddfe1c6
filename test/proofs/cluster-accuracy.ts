/** Failovers on the test cluster, and the witness that enters through another node than the product's probes. */
import { join } from "node:path";
import type { Json } from "../../src/std/json.ts";
import type { AccuracyScene, Failover } from "./accuracy.ts";
import { NAMESPACE, QUICK_PLAN, readPlan, SHOP_ON_KUBERNETES, type TestCluster } from "./cluster.ts";

/** Members that are promoted later in a day must not be deleted after that: their logs, which say when, would go with them. */
export const CLUSTER_FAILOVERS: readonly Failover[] = [
  { fault: "kill-leader", target: { role: "postgres" }, class: "order-write", hold: "15s" },
  { fault: "kill-leader", target: { role: "redis" }, class: "session-write", hold: "10s" },
  { fault: "partition-node", target: { role: "postgres", leader: true }, class: "order-write", hold: "35s" },
];

export function sceneOfCluster(cluster: TestCluster): AccuracyScene {
  const { platform } = readPlan(QUICK_PLAN) as { readonly platform: Json };
  const load = { scenarios: [{ file: join(SHOP_ON_KUBERNETES, "../scenarios/browse.ts") }], vus: 3, rampUp: "500ms" };
  const plan = { name: "accuracy", platform, load, probes: join(SHOP_ON_KUBERNETES, "../probes.ts") };
  const logs = async (pod: string, container: string) => [
    await cluster.kubectl(["-n", NAMESPACE, "logs", pod, "-c", container, "--tail=20000"]).catch(() => ""),
  ];
  return {
    folder: cluster.folder,
    plan: (experiments) => ({ ...plan, warmUp: "2s", calm: "4s", experiments }),
    write: (name, document) => cluster.write(name, document),
    gameday: (args) => cluster.gameday(args),
    witnessed: async () => new URL("http://10.77.0.12:30080"),
    memberLogs: async () => {
      const members = [0, 1, 2].flatMap((number) => [
        logs(`pg-${number}`, "postgres"),
        logs(`redis-${number}`, "redis"),
      ]);
      return (await Promise.all(members)).flat();
    },
  };
}
