/** The parts of the cluster's objects that a platform reads, as the API sends them (times are RFC 3339 texts). */
import type { ContainerStatus, KubernetesObject, OwnerReference } from "../../kubernetes.ts";

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly podIP?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly PodContainerStatus[];
  readonly initContainerStatuses?: readonly PodContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly PodContainerStatus[];
}

export interface PodContainerStatus extends ContainerStatus {
  readonly ready?: boolean;
  readonly restartCount?: number;
}

export interface ProbeSpec {
  readonly timeoutSeconds?: number;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources?: Resources;
  /** "Always" for an initial container that goes on beside the others: a sidecar. */
  readonly restartPolicy?: string;
  readonly readinessProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
  readonly startupProbe?: ProbeSpec;
  readonly securityContext?: SecurityContext;
}

export interface Resources {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

export interface PodObject extends KubernetesObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    /** Those of the pod as a whole. */
    readonly resources?: Resources;
    readonly containers?: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly ephemeralContainers?: readonly { readonly name: string; readonly image?: string }[];
    readonly securityContext?: SecurityContext;
  };
  readonly status?: PodStatus;
}

export interface NodeObject extends KubernetesObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

export interface WorkloadObject extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: object;
  };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

export interface AutoscalerObject extends KubernetesObject {
  readonly spec?: {
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly metrics?: readonly { readonly type: string; readonly resource?: { readonly name: string } }[];
    readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly conditions?: readonly Condition[];
    readonly currentMetrics?: readonly object[];
  };
}

/** Returns whether the pod is alive and is not being deleted. */
export function isPresent(pod: PodObject): boolean {
  const { phase } = pod.status ?? {};
  return pod.metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
}

export function isReady(object: { readonly status?: { readonly conditions?: readonly Condition[] } }): boolean {
  return object.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Returns whether an object carries all of these labels. */
export function carries({ metadata }: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** Returns the number of restarts of each container. */
export function restartsOf(pod: PodObject): Readonly<Record<string, number>> {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return Object.fromEntries(all.map(({ name, restartCount }) => [name, restartCount ?? 0]));
}

/** Returns the object that recreates the pod when it goes; undefined for a bare pod. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Returns how long the longest probe of the pod may take, in seconds. */
export function probeSecondsOf({ spec }: PodObject): number {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const probes = containers.flatMap((one) => [one.readinessProbe, one.livenessProbe, one.startupProbe]);
  return Math.max(1, ...probes.map((probe) => probe?.timeoutSeconds ?? 1));
}

export function isControlPlane({ metadata }: NodeObject): boolean {
  const labels = metadata.labels ?? {};
  return ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"].some((label) => label in labels);
}

/** Returns the source addresses of a node and its pods: the node's addresses and the ranges of its pods. */
export function addressesOf({ spec, status }: NodeObject): string[] {
  const own = (status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  const ranges = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  return [...own, ...ranges].filter((address) => !address.includes(":")); // IPv4
}
