/** Failovers on the test cluster, and a witness that meets each replica at its own address, without node ports and without a proxy. */
import { join } from "node:path";
import { isPresent, isReady, type PodObject } from "../../src/platform/kubernetes/objects.ts";
import type { Json } from "../../src/std/json.ts";
import type { AccuracyScene, Failover } from "./accuracy.ts";
import { NAMESPACE, QUICK_PLAN, readPlan, SHOP_ON_KUBERNETES, type TestCluster } from "./cluster.ts";

const APP_PORT = 8080;

/** One failover of each database. A member that was promoted is not hit again in the same day: its log, which says when, would be gone. */
export const CLUSTER_FAILOVERS: readonly Failover[] = [
  { fault: "kill-leader", target: { role: "postgres" }, class: "order-write", hold: "15s" },
  { fault: "kill-leader", target: { role: "redis" }, class: "session-write", hold: "10s" },
];

export function sceneOfCluster(cluster: TestCluster): AccuracyScene {
  const { platform } = readPlan(QUICK_PLAN) as { readonly platform: Json };
  const load = { scenarios: [{ file: join(SHOP_ON_KUBERNETES, "../scenarios/browse.ts") }], vus: 3, rampUp: "500ms" };
  const plan = { name: "accuracy", platform, load, probes: join(SHOP_ON_KUBERNETES, "../probes.ts") };
  const log = (pod: string, container: string) =>
    cluster.kubectl(["-n", NAMESPACE, "logs", pod, "-c", container, "--tail=20000"]).catch(() => "");
  return {
    folder: cluster.folder,
    plan: (experiments) => ({ ...plan, warmUp: "2s", calm: "4s", experiments }),
    write: (name, document) => cluster.write(name, document),
    gameday: (args) => cluster.gameday(args),
    witnessed: async () => ({ endpoint: new URL("http://10.77.0.12:30080"), replicas: await replicasOf(cluster) }),
    memberLogs: () =>
      Promise.all([0, 1, 2].flatMap((number) => [log(`pg-${number}`, "postgres"), log(`redis-${number}`, "redis")])),
  };
}

/** Returns the replicas as NAME=HOST:PORT. */
async function replicasOf({ api }: TestCluster): Promise<string[]> {
  const pods = (await api.list("Pod", { namespace: NAMESPACE, labels: "app=shop" })) as readonly PodObject[];
  const ready = pods.filter((pod) => isPresent(pod) && isReady(pod));
  return ready.map(({ metadata, status }) => `${metadata.name}=${status?.podIP}:${APP_PORT}`);
}
