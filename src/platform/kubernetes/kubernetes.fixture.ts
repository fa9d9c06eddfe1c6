/** Objects of a cluster as the API sends them, for tests. */
import type { KubernetesConfig } from "./config.ts";
import { kubernetesConfig } from "./config.ts";
import type { Look } from "./look.ts";
import type { NodeObject, PodObject } from "./objects.ts";

export function configOf(more: Record<string, unknown> = {}): KubernetesConfig {
  return kubernetesConfig.parse({
    kind: "kubernetes",
    context: "test",
    namespace: "shop",
    endpoint: "http://127.0.0.1:30080",
    app: { deployment: "shop", container: "shop" },
    postgres: { pods: { app: "pg" }, container: "postgres" },
    redis: { pods: { app: "redis" }, container: "redis", sentinel: { container: "sentinel", master: "shop" } },
    ...more,
  });
}

export function podOf(
  name: string,
  node: string,
  more: Partial<PodObject> & { labels?: Record<string, string> } = {},
): PodObject {
  const { labels = {}, ...rest } = more;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      labels,
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "pg", uid: "o", controller: true }],
    },
    spec: { nodeName: node, containers: [{ name: "postgres" }] },
    status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
    ...rest,
  };
}

export function nodeOf(
  name: string,
  more: { unschedulable?: boolean; ready?: boolean; labels?: Record<string, string> } = {},
): NodeObject {
  const { unschedulable, ready = true, labels = {} } = more;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    spec: { podCIDRs: ["10.78.1.0/24"], ...(unschedulable === undefined ? {} : { unschedulable }) },
    status: {
      conditions: [{ type: "Ready", status: ready ? "True" : "Unknown" }],
      addresses: [
        { type: "InternalIP", address: "10.77.0.11" },
        { type: "Hostname", address: name },
      ],
    },
  };
}

/** Returns three members of each role on three nodes, all healthy; pg-0 and redis-0 lead. */
export function healthyLook(): Look {
  const three = (role: string) => [0, 1, 2].map((index) => podOf(`${role}-${index}`, `worker-${index + 1}`));
  return {
    deployment: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop" }, spec: { replicas: 3 } },
    pods: { app: three("shop"), postgres: three("pg"), redis: three("redis") },
    nodes: [1, 2, 3].map((index) => nodeOf(`worker-${index}`)),
    postgres: {
      synchronous: true,
      members: [
        { pod: "pg-0", role: "leader", state: "running", lagBytes: null },
        { pod: "pg-1", role: "sync_standby", state: "streaming", lagBytes: 0 },
        { pod: "pg-2", role: "replica", state: "streaming", lagBytes: 0 },
      ],
    },
    redis: {
      master: "redis-0",
      members: [
        { pod: "redis-0", role: "master", linkUp: false, onlineReplicas: 2 },
        { pod: "redis-1", role: "slave", linkUp: true, onlineReplicas: 0 },
        { pod: "redis-2", role: "slave", linkUp: true, onlineReplicas: 0 },
      ],
      sentinels: [0, 1, 2].map((index) => ({
        pod: `redis-${index}`,
        names: "redis-0",
        sentinels: 3,
        replicas: 2,
        flags: "master",
      })),
    },
  };
}
