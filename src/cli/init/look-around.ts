/** Lists what discovery reads in one namespace. It changes nothing, and reports what it was not allowed to list. */
import type { ClusterApi, Kind, KubernetesObject } from "../../kubernetes.ts";
import type { ListedObjects } from "../../platform/kubernetes/discover/recorded.ts";
import { assertOwnNamespace } from "../../platform/kubernetes/safety.ts";
import { ExitCode, GamedayError, hasCode } from "../../std/errors.ts";

export interface ClusterSurroundings {
  readonly recorded: ListedObjects;
  /** The labels of the namespace; null when it may not be read. */
  readonly namespaceLabels: Readonly<Record<string, string>> | null;
}

/** Without these there is nothing to build a plan on. */
const DEMANDED: readonly Kind[] = ["Pod", "Deployment", "Service"];

/** Throws GamedayError for a namespace of the cluster's own, one that is missing or may not be read, and an unreachable cluster. */
export async function lookAround(
  api: ClusterApi,
  namespace: string,
  signal: AbortSignal,
): Promise<ClusterSurroundings> {
  assertOwnNamespace(namespace);
  const namespaceLabels = await labelsOf(api, namespace, signal);
  const unread: Kind[] = [];
  const list = async <T extends KubernetesObject>(kind: Kind) => {
    const objects = await listOf(api, kind, namespace);
    if (objects === null) unread.push(kind);
    return objects as readonly T[] | null;
  };
  const [pods, deployments, services] = await Promise.all([list("Pod"), list("Deployment"), list("Service")]);
  const [statefulSets, ingresses, autoscalers] = await Promise.all([
    list("StatefulSet"),
    list("Ingress"),
    list("HorizontalPodAutoscaler"),
  ]);
  const [budgets, nodes] = await Promise.all([list("PodDisruptionBudget"), list("Node")]);
  const recorded = {
    namespace,
    pods: pods ?? [],
    deployments: deployments ?? [],
    services: services ?? [],
    statefulSets: statefulSets ?? [],
    ingresses: ingresses ?? [],
    autoscalers: autoscalers ?? [],
    budgets: budgets ?? [],
    nodes,
    unread,
  } as ListedObjects;
  return { recorded, namespaceLabels };
}

async function labelsOf(api: ClusterApi, namespace: string, signal: AbortSignal) {
  try {
    const found = await api.get({ kind: "Namespace", namespace: "", name: namespace }, signal);
    if (found === null) throw missing(namespace, api.context);
    return found.metadata.labels ?? {};
  } catch (thrown) {
    if (hasCode(thrown, "kubernetes-forbidden")) return null; // only its labels: what is in it may be readable
    throw thrown;
  }
}

/** Returns null for a kind that a plan can do without and that may not be listed. */
async function listOf(api: ClusterApi, kind: Kind, namespace: string): Promise<readonly KubernetesObject[] | null> {
  try {
    return await api.list(kind, { namespace: kind === "Node" ? "" : namespace });
  } catch (thrown) {
    const absent = hasCode(thrown, "kubernetes-forbidden") || hasCode(thrown, "kubernetes-not-found");
    if (!absent) throw thrown;
    if (DEMANDED.includes(kind)) throw unreadable(namespace, thrown as GamedayError);
    return null;
  }
}

function missing(namespace: string, context: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-not-found",
    expected: `a namespace "${namespace}" in the cluster of context ${context}`,
    got: "none",
    hint: `kubectl --context ${context} get namespaces`,
    exitCode: ExitCode.notReady,
  });
}

function unreadable(namespace: string, cause: GamedayError): GamedayError {
  return new GamedayError({
    code: "kubernetes-forbidden",
    expected: `to read namespace "${namespace}": ${cause.expected}`,
    got: cause.got,
    hint: `request the right to list ${DEMANDED.join(", ")} there, which the ClusterRole "view" contains`,
    exitCode: ExitCode.notReady,
    cause,
  });
}
