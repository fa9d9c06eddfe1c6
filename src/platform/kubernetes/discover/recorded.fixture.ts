/** Recorded API objects of a namespace, reduced to the fields that discovery reads. For tests. */
import type { Kind } from "../../../kubernetes.ts";
import type { AutoscalerObject, NodeObject, PodObject } from "../objects.ts";
import type {
  BudgetObject,
  ContainerTemplate,
  IngressObject,
  Labels,
  ListedObjects,
  ServiceObject,
  ServicePort,
  TemplatedObject,
} from "./recorded.ts";

export function recordedOf(...parts: readonly Partial<ListedObjects>[]): ListedObjects {
  const all = <K extends keyof ListedObjects>(key: K) =>
    parts.flatMap((part) => (part[key] as readonly unknown[]) ?? []);
  return {
    namespace: "shop",
    deployments: all("deployments") as TemplatedObject[],
    statefulSets: all("statefulSets") as TemplatedObject[],
    pods: all("pods") as PodObject[],
    services: all("services") as ServiceObject[],
    ingresses: all("ingresses") as IngressObject[],
    autoscalers: all("autoscalers") as AutoscalerObject[],
    budgets: all("budgets") as BudgetObject[],
    nodes: all("nodes") as NodeObject[],
    unread: all("unread") as Kind[],
  };
}

/** Returns a container that declares these ports: container("postgres", 5432, 8008), container("shop", { http: 8080 }). */
export function container(
  name: string,
  ...ports: readonly (number | Readonly<Record<string, number>>)[]
): ContainerTemplate {
  const declared = ports.flatMap((port) =>
    typeof port === "number"
      ? [{ containerPort: port, protocol: "TCP" }]
      : Object.entries(port).map(([as, containerPort]) => ({ name: as, containerPort, protocol: "TCP" })),
  );
  return declared.length === 0 ? { name } : { name, ports: declared };
}

interface Workload {
  readonly labels: Labels;
  readonly containers: readonly ContainerTemplate[];
  readonly replicas?: number;
  /** The labels of single pods by their index, which operators set and change. */
  readonly podLabels?: (index: number) => Labels;
}

export function deployment(name: string, workload: Workload): Partial<ListedObjects> {
  return { deployments: [templated("Deployment", name, workload)], pods: podsOf("ReplicaSet", name, workload) };
}

export function statefulSet(name: string, workload: Workload): Partial<ListedObjects> {
  return { statefulSets: [templated("StatefulSet", name, workload)], pods: podsOf("StatefulSet", name, workload) };
}

/** Returns pods without a StatefulSet, as CloudNativePG makes them. */
export function barePods(name: string, workload: Workload): Partial<ListedObjects> {
  return { pods: podsOf("Cluster", name, workload) };
}

export function service(
  name: string,
  selector: Labels,
  ports: readonly ServicePort[],
  more: object = {},
): Partial<ListedObjects> {
  return {
    services: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "shop" },
        spec: { selector, ports, type: "ClusterIP", ...more },
      },
    ],
  };
}

export function ingress(
  name: string,
  spec: NonNullable<IngressObject["spec"]>,
  status: object = {},
): Partial<ListedObjects> {
  return {
    ingresses: [
      { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name, namespace: "shop" }, spec, status },
    ],
  };
}

export function autoscaler(name: string, target: string, minReplicas = 3, maxReplicas = 10): Partial<ListedObjects> {
  const scaleTargetRef = { kind: "Deployment", name: target };
  return {
    autoscalers: [
      {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name },
        spec: { scaleTargetRef, minReplicas, maxReplicas },
      },
    ],
  };
}

export function budget(name: string, matchLabels: Labels, maxUnavailable = 1): Partial<ListedObjects> {
  return {
    budgets: [
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name },
        spec: { maxUnavailable, selector: { matchLabels } },
      },
    ],
  };
}

export function node(index: number, labels: Labels = {}): NodeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `worker-${index}`, labels },
    spec: { podCIDRs: [`10.244.${index}.0/24`] },
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      addresses: [{ type: "InternalIP", address: `10.77.0.1${index}` }],
    },
  };
}

/** Returns the shop of examples/jewelry-shop/kubernetes/base without its stores, on three workers. */
export function shop(): Partial<ListedObjects> {
  const labels = { app: "shop" };
  const ports = [{ name: "http", port: 80, targetPort: 8080, nodePort: 30_080 }];
  return recordedOf(
    deployment("shop", { labels, containers: [container("shop", 8080)] }),
    service("shop", labels, ports, { type: "NodePort" }),
    autoscaler("shop", "shop"),
    budget("shop", labels),
    { nodes: [1, 2, 3].map((index) => node(index)) },
  );
}

function templated(kind: "Deployment" | "StatefulSet", name: string, workload: Workload): TemplatedObject {
  const { labels, containers, replicas = 3 } = workload;
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: "shop" },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

function podsOf(
  owner: string,
  name: string,
  { labels, containers, replicas = 3, podLabels = () => ({}) }: Workload,
): PodObject[] {
  return Array.from({ length: replicas }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: owner === "ReplicaSet" ? `${name}-84ffb6b9-${index}` : `${name}-${index}`,
      namespace: "shop",
      uid: `uid-${name}-${index}`,
      labels: { ...labels, ...podLabels(index) },
      ownerReferences: [{ apiVersion: "apps/v1", kind: owner, name, uid: "o", controller: true }],
    },
    spec: { nodeName: `worker-${(index % 3) + 1}`, containers },
    status: { phase: "Running", podIP: `10.244.${(index % 3) + 1}.7`, conditions: [{ type: "Ready", status: "True" }] },
  }));
}
