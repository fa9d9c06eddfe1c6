/**
 * The rights that a plan needs, and no others: `check` verifies them with the server, and `gameday init --rbac` prints them.
 * Pure.
 */
import type { Right } from "../../kubernetes.ts";
import type { CapabilityName } from "../../platform.ts";
import type { PlanNeeds } from "../kind.ts";
import type { KubernetesConfig } from "./config.ts";

/** A right, with its scope and a description of its purpose. */
export interface NeededRight extends Right {
  /**
   * "namespace": the one under test; "cluster": the whole cluster (nodes, and the pods of other namespaces that a drain evicts).
   */
  readonly scope: "namespace" | "cluster";
  readonly purpose: string;
}

type Rule = readonly [
  scope: NeededRight["scope"],
  group: string,
  resource: string,
  verbs: readonly string[],
  purpose: string,
];

const BASE: readonly Rule[] = [
  ["namespace", "", "pods", ["get", "list", "watch"], "what there is, and how it is"],
  ["namespace", "", "pods/log", ["get"], "logs around each fault"],
  ["namespace", "", "pods/portforward", ["get", "create"], "who leads, and the ledger by SQL"],
  ["namespace", "", "events", ["get", "list", "watch"], "what the cluster says of its objects"],
  ["namespace", "apps", "deployments", ["get"], "the app's replicas"],
  ["namespace", "coordination.k8s.io", "leases", ["get", "create", "update", "delete"], "one run at a time"],
  ["namespace", "metrics.k8s.io", "pods", ["list"], "whether the autoscaler has metrics"],
  ["cluster", "", "namespaces", ["get"], "whether the namespace allows game days"],
  ["cluster", "", "nodes", ["get", "list"], "which nodes there are, and their addresses"],
];

const AUTOSCALER: readonly Rule[] = [
  ["namespace", "autoscaling", "horizontalpodautoscalers", ["get", "list", "watch"], "how the app scales"],
];

const REAPER: readonly Rule[] = [
  ["namespace", "apps", "deployments", ["create", "delete"], "the reaper, which undoes what a run that died has left"],
];

const PROBER: readonly Rule[] = [
  ["namespace", "", "pods", ["create", "delete"], "the pod that asks the app from inside the cluster"],
];

const LOAD_PODS: readonly Rule[] = [
  ["namespace", "batch", "jobs", ["create", "delete"], "the load's workers, a Job"],
  ["namespace", "", "secrets", ["create", "delete"], "what the load's workers show to join"],
  ["namespace", "", "configmaps", ["create", "delete"], "the scripts of the load's workers"],
];

const EPHEMERAL: readonly Rule[] = [
  ["namespace", "", "pods/ephemeralcontainers", ["patch"], "our tools beside the target"],
  // Over a WebSocket, servers up to 1.34 require get, newer ones create.
  ["namespace", "", "pods/exec", ["get", "create"], "changes and their proof from inside the pod"],
];
const POLICIES: readonly Rule[] = [
  ...EPHEMERAL,
  ["namespace", "networking.k8s.io", "networkpolicies", ["get", "list", "create", "delete"], "cutting pods off"],
  ["namespace", "", "pods", ["patch"], "the label by which our NetworkPolicy finds its pods"],
  ["namespace", "", "configmaps", ["get", "create", "patch", "delete"], "the list of what must be undone"],
];
/** Whoever changes something says so on it. */
const ANNOUNCE: Rule = ["namespace", "", "events", ["create"], "an Event on each target, which says who hits it"];
const NODE_EVENT: Rule = ["cluster", "", "events", ["create"], "an Event on each node that is hit"];
const NODES: readonly Rule[] = [
  NODE_EVENT,
  ["cluster", "", "nodes", ["patch"], "cordoning, and undoing it"],
  ["namespace", "", "configmaps", ["get", "create", "patch", "delete"], "the list of what must be undone"],
];

const BY_CAPABILITY: Readonly<Partial<Record<CapabilityName, readonly Rule[]>>> = {
  stop: [["namespace", "", "pods", ["delete"], "killing pods"], ...NODES],
  restart: [["namespace", "", "pods", ["delete"], "restarting pods"]],
  cordon: NODES,
  power: [NODE_EVENT],
  evict: [
    ["cluster", "", "pods", ["list"], "whom a drain evicts"],
    ["cluster", "", "pods/eviction", ["create"], "evicting within disruption budgets"],
    ["namespace", "policy", "poddisruptionbudgets", ["get", "list"], "which budget would hold a drain up"],
  ],
  freeze: EPHEMERAL,
  cut: [...EPHEMERAL, NODE_EVENT],
  drop: [...EPHEMERAL, NODE_EVENT],
  bandwidth: [...EPHEMERAL, NODE_EVENT],
  reset: [...EPHEMERAL, NODE_EVENT],
  dns: [...EPHEMERAL, NODE_EVENT],
  cpu: [...EPHEMERAL, NODE_EVENT],
  memory: EPHEMERAL,
};

function rulesOf(name: CapabilityName, { cuts }: KubernetesConfig): readonly Rule[] {
  return name === "cut" && cuts === "network-policy" ? [...POLICIES, NODE_EVENT] : (BY_CAPABILITY[name] ?? []);
}

/** Returns each right once, in a stable order. */
export function rightsNeeded(
  config: KubernetesConfig,
  { capabilities, loadNamespace = null }: PlanNeeds,
): NeededRight[] {
  const rules = [
    ...BASE,
    ...(loadNamespace === config.namespace ? LOAD_PODS : []),
    ...(config.serviceAccount === null ? [] : REAPER),
    ...(config.inside === undefined ? [] : PROBER),
    ...(config.autoscaler === null ? [] : AUTOSCALER),
    ...(capabilities.length === 0 ? [] : [ANNOUNCE]),
    ...capabilities.flatMap((name) => rulesOf(name, config)),
  ];
  const found = new Map<string, NeededRight>();
  for (const [scope, group, path, verbs, purpose] of rules) {
    const [resource = "", subresource] = path.split("/");
    for (const verb of verbs) {
      const right = { scope, verb, group, resource, purpose, ...(subresource === undefined ? {} : { subresource }) };
      const key = [scope, verb, group, path].join(" ");
      if (!found.has(key)) found.set(key, right);
    }
  }
  return [...found.values()];
}

interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Returns the rights of one scope as rules of a Role or ClusterRole: one for each resource. */
export function rbacRules(rights: readonly NeededRight[], scope: NeededRight["scope"]): RbacRule[] {
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: string[] }>();
  for (const { group, resource, subresource, verb } of rights.filter((right) => right.scope === scope)) {
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    const rule = rules.get(`${group} ${name}`) ?? { apiGroups: [group], resources: [name], verbs: [] };
    rule.verbs.push(verb);
    rules.set(`${group} ${name}`, rule);
  }
  return [...rules.values()];
}
