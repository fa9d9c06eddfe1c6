/** A snapshot of the whole platform: pods by role, nodes, and the leaders as they report themselves. */
import type { ClusterApi, KubernetesObject } from "../../kubernetes.ts";
import { hasCode } from "../../std/errors.ts";
import type { KubernetesConfig, PostgresConfig } from "./config.ts";
import type { Doors } from "./doors.ts";
import { carries, isPresent, type NodeObject, type PodObject, type WorkloadObject } from "./objects.ts";
import { lookAtPatroni, type PostgresLook } from "./patroni.ts";
import { lookAtRedis, type RedisLook, sentinelPods } from "./redis.ts";
import { lookAtSql } from "./sql-leader.ts";

export interface Look {
  readonly deployment: WorkloadObject | null;
  readonly pods: Readonly<Record<string, readonly PodObject[]>>;
  /** null when we may not list nodes. */
  readonly nodes: readonly NodeObject[] | null;
  readonly postgres: PostgresLook | null;
  readonly redis: RedisLook | null;
}

/** Returns the pods of the namespace that the plan gives a role, each role ordered by name. */
export async function podsByRole(
  api: ClusterApi,
  config: KubernetesConfig,
  signal: AbortSignal,
): Promise<{ deployment: WorkloadObject | null; pods: Record<string, PodObject[]>; all: PodObject[] }> {
  const { namespace } = config;
  const [deployment, listed] = await Promise.all([
    api.get({ kind: "Deployment", namespace, name: config.app.deployment }, signal),
    api.list("Pod", { namespace }),
  ]);
  signal.throwIfAborted();
  const all = listed as readonly PodObject[];
  const selectors = roleSelectors(config, deployment);
  const pods = Object.fromEntries(
    Object.entries(selectors).map(([role, labels]) => [role, all.filter((pod) => carries(pod, labels)).sort(byName)]),
  );
  return { deployment, pods, all: [...all] };
}

/** Returns the labels of each role. Those of the app are its Deployment's own selector. */
export function roleSelectors(
  config: KubernetesConfig,
  deployment: KubernetesObject | null,
): Record<string, Readonly<Record<string, string>>> {
  const own = (deployment as WorkloadObject | null)?.spec?.selector?.matchLabels;
  return {
    ...(own === undefined ? {} : { app: own }),
    ...(config.postgres === undefined ? {} : { postgres: config.postgres.pods }),
    ...(config.redis === undefined ? {} : { redis: config.redis.pods }),
    ...config.others,
  };
}

export async function look(
  api: ClusterApi,
  doors: Doors,
  config: KubernetesConfig,
  signal: AbortSignal,
): Promise<Look> {
  const [{ deployment, pods, all }, nodes] = await Promise.all([podsByRole(api, config, signal), listNodes(api)]);
  const members = (role: string) => (pods[role] ?? []).filter(isPresent);
  const [postgres, redis] = await Promise.all([
    config.postgres === undefined ? null : lookAtPostgres(doors, config.postgres, members("postgres"), signal),
    config.redis === undefined
      ? null
      : lookAtRedis(doors, config.redis, { members: members("redis"), sentinels: sentinelPods(config, all) }, signal),
  ]);
  return { deployment, pods, nodes, postgres, redis };
}

/** Returns null when the plan gives no login for SQL: nobody can be asked then. */
function lookAtPostgres(
  doors: Doors,
  config: PostgresConfig,
  pods: readonly PodObject[],
  signal: AbortSignal,
): Promise<PostgresLook> | null {
  if (config.leader === "patroni") return lookAtPatroni(doors, config, pods, signal);
  return config.user === undefined ? null : lookAtSql(doors, config, pods, signal);
}

/** Returns null when RBAC does not allow listing; only drains and the network between nodes need it. */
async function listNodes(api: ClusterApi): Promise<readonly NodeObject[] | null> {
  try {
    return (await api.list("Node", { namespace: "" })) as readonly NodeObject[];
  } catch (thrown) {
    if (hasCode(thrown, "kubernetes-forbidden")) return null;
    throw thrown;
  }
}

function byName(a: PodObject, b: PodObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
