/** The paths of the kinds in the API. */
import type { Kind } from "../kubernetes.ts";

/** One request, described in words, to build its path and its error messages. */
export interface Call {
  readonly verb: "create" | "list" | "get" | "delete" | "patch" | "update" | "watch";
  readonly kind: Kind | "SelfSubjectAccessReview";
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
}

interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Set for a resource of the cluster rather than of a namespace. */
  readonly clusterWide?: true;
}

const RESOURCES: Readonly<Record<Call["kind"], Resource>> = {
  ConfigMap: { group: "", version: "v1", plural: "configmaps" },
  Deployment: { group: "apps", version: "v1", plural: "deployments" },
  EndpointSlice: { group: "discovery.k8s.io", version: "v1", plural: "endpointslices" },
  Event: { group: "", version: "v1", plural: "events" },
  HorizontalPodAutoscaler: { group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers" },
  Ingress: { group: "networking.k8s.io", version: "v1", plural: "ingresses" },
  Job: { group: "batch", version: "v1", plural: "jobs" },
  Lease: { group: "coordination.k8s.io", version: "v1", plural: "leases" },
  Namespace: { group: "", version: "v1", plural: "namespaces", clusterWide: true },
  NetworkPolicy: { group: "networking.k8s.io", version: "v1", plural: "networkpolicies" },
  Node: { group: "", version: "v1", plural: "nodes", clusterWide: true },
  NodeMetrics: { group: "metrics.k8s.io", version: "v1beta1", plural: "nodes", clusterWide: true },
  Pod: { group: "", version: "v1", plural: "pods" },
  PodDisruptionBudget: { group: "policy", version: "v1", plural: "poddisruptionbudgets" },
  PodMetrics: { group: "metrics.k8s.io", version: "v1beta1", plural: "pods" },
  ReplicaSet: { group: "apps", version: "v1", plural: "replicasets" },
  Secret: { group: "", version: "v1", plural: "secrets" },
  SelfSubjectAccessReview: {
    group: "authorization.k8s.io",
    version: "v1",
    plural: "selfsubjectaccessreviews",
    clusterWide: true,
  },
  Service: { group: "", version: "v1", plural: "services" },
  StatefulSet: { group: "apps", version: "v1", plural: "statefulsets" },
};

/**
 * Returns a path such as "/apis/batch/v1/namespaces/load/jobs/x". A new object is posted to its collection. An empty namespace
 * means all namespaces.
 */
export function pathOf({ kind, namespace, name, subresource }: Call, method: string): string {
  const { group, version, plural, clusterWide } = RESOURCES[kind];
  const scope = clusterWide === true || namespace === "" ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const one =
    name === undefined || (method === "POST" && subresource === undefined) ? "" : `/${encodeURIComponent(name)}`;
  const below = subresource === undefined ? "" : `/${subresource}`;
  return `${group === "" ? "/api" : `/apis/${group}`}/${version}${scope}/${plural}${one}${below}`;
}

/** Returns the resource as RBAC and kubectl write it: "jobs.batch", "pods/log". */
export function resourceOf({ kind, subresource }: Call): string {
  const { group, plural } = RESOURCES[kind];
  return `${plural}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
}
