/** States of the shop on the test cluster that a proof arranges: each is awaited until the cluster itself shows it. */
import { isPresent, type PodObject } from "../../src/platform/kubernetes/objects.ts";
import type { Json } from "../../src/std/json.ts";
import { NAMESPACE, type TestCluster } from "./cluster.ts";

const METRICS = "v1beta1.metrics.k8s.io";
/** The settings of Patroni in the shop's manifests. */
const SETTINGS = { ttl: 15, loop_wait: 3, retry_timeout: 4, synchronous_mode: true };

const inShop = (cluster: TestCluster, args: readonly string[]) => cluster.kubectl(["-n", NAMESPACE, ...args]);

export async function patch(cluster: TestCluster, what: string, body: Json): Promise<void> {
  await inShop(cluster, ["patch", ...what.split(" "), "--type=merge", "-p", JSON.stringify(body)]);
}

export async function patchTemplate(cluster: TestCluster, operations: Json): Promise<void> {
  await inShop(cluster, ["patch", "deploy", "shop", "--type=json", "-p", JSON.stringify(operations)]);
  await rolledOut(cluster);
}

export async function rolledOut(cluster: TestCluster): Promise<void> {
  await inShop(cluster, ["rollout", "status", "deploy/shop", "--timeout=180s"]);
}

export async function restartShop(cluster: TestCluster): Promise<void> {
  await inShop(cluster, ["rollout", "restart", "deploy/shop"]);
  await rolledOut(cluster);
}

/** Applies the manifests again, which undoes every patch of an object of theirs, and waits until the shop is whole. */
export async function again(cluster: TestCluster): Promise<void> {
  await cluster.deploy("quick");
  await rolledOut(cluster);
  await cluster.whole();
}

/** Waits until exactly this holds of the shop's replicas, of which those that are ending count, too. */
export async function replicasAre(
  cluster: TestCluster,
  what: string,
  holds: (pods: readonly PodObject[]) => boolean,
): Promise<void> {
  let pods: readonly PodObject[] = [];
  const look = async () => {
    pods = (await cluster.api.list("Pod", { namespace: NAMESPACE, labels: "app=shop" })) as readonly PodObject[];
    return holds(pods);
  };
  const seen = () =>
    pods.map((pod) => `${pod.metadata.name} on ${pod.spec?.nodeName}${isPresent(pod) ? "" : ", ending"}`).join("; ");
  await cluster.until(what, look, seen);
}

/** Waits until the controller of disruption budgets has seen the budget as it is now, and allows no disruption. */
export async function budgetAllowsNothing(cluster: TestCluster): Promise<void> {
  const fields = "{.metadata.generation} {.status.observedGeneration} {.status.disruptionsAllowed}";
  await cluster.until("a budget of the shop that allows no disruption", async () => {
    const [generation, observed, allowed] = (
      await inShop(cluster, ["get", "pdb", "shop", "-o", `jsonpath=${fields}`])
    ).split(" ");
    return generation === observed && allowed === "0";
  });
}

/** Takes the metrics API away. */
export async function withoutMetrics(cluster: TestCluster): Promise<void> {
  await cluster.kubectl(["delete", "apiservice", METRICS]);
  await cluster.until("an API server without metrics", async () => !(await hasMetrics(cluster)));
}

/** Brings the metrics API back: `up` applies the objects that every test cluster has. */
export async function withMetrics(cluster: TestCluster): Promise<void> {
  await cluster.cluster(["up"]);
  await cluster.until("an API server with metrics", () => hasMetrics(cluster));
}

function hasMetrics(cluster: TestCluster): Promise<boolean> {
  return cluster.kubectl(["get", "--raw", `/apis/metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/pods`]).then(
    () => true,
    () => false,
  );
}

/** Runs curl against Patroni's REST API in a member. */
function patroniAnswers(cluster: TestCluster, request: readonly string[]): Promise<string> {
  return inShop(cluster, ["exec", "pg-0", "-c", "postgres", "--", "curl", "-s", ...request]);
}

interface Members {
  readonly members: readonly { readonly name: string; readonly role: string; readonly state: string }[];
}

async function membersOf(cluster: TestCluster): Promise<Members["members"]> {
  return (JSON.parse(await patroniAnswers(cluster, ["http://127.0.0.1:8008/cluster"])) as Members).members;
}

/**
 * Changes Patroni's settings, and waits until they are in force: the leader has written its lock twice with the new ttl, and the members
 * have, or do not have, a synchronous standby.
 */
export async function patroni(cluster: TestCluster, changed: Partial<typeof SETTINGS>): Promise<void> {
  const url = "http://127.0.0.1:8008/config";
  await patroniAnswers(cluster, ["-X", "PATCH", "-d", JSON.stringify(changed), url]);
  const { ttl, synchronous_mode } = { ...SETTINGS, ...changed };
  const renewals = new Set<string>();
  await cluster.until(`a lock with ttl ${ttl}, and the members in step with it`, async () => {
    const lock = await inShop(cluster, ["get", "endpoints", "pg", "-o", "json"]);
    const annotations = JSON.parse(lock).metadata.annotations as Readonly<Record<string, string>>;
    if (annotations["ttl"] === String(ttl)) renewals.add(annotations["renewTime"] ?? "");
    const hasStandby = (await membersOf(cluster)).some(({ role }) => role === "sync_standby");
    return renewals.size > 2 && hasStandby === synchronous_mode;
  });
}

/** Gives Patroni the settings of the manifests again. */
export async function patroniAsBefore(cluster: TestCluster): Promise<void> {
  await patroni(cluster, SETTINGS);
  await cluster.whole();
}

/** Makes the member on this node the leader of PostgreSQL, and waits until Patroni, Kubernetes and the shop agree on it. */
export async function leaderOnNode(cluster: TestCluster, node: string): Promise<void> {
  const pods = (await cluster.api.list("Pod", { namespace: NAMESPACE, labels: "app=pg" })) as readonly PodObject[];
  const candidate = pods.find(({ spec }) => spec?.nodeName === node)?.metadata.name;
  const leader = (await membersOf(cluster)).find(({ role }) => role === "leader")?.name;
  if (candidate === undefined || leader === undefined)
    throw new Error(`expected a leader and a member on ${node}, got ${leader} and ${candidate}`);
  if (candidate !== leader) {
    const url = "http://127.0.0.1:8008/switchover";
    await patroniAnswers(cluster, ["-X", "POST", "-d", JSON.stringify({ leader, candidate }), url]);
  }
  await cluster.until(`${candidate} as the leader`, async () =>
    (await membersOf(cluster)).some(
      ({ name, role, state }) => name === candidate && role === "leader" && state === "running",
    ),
  );
}
