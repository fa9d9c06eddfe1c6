/**
 * Builds the objects of a load whose workers are an Indexed Job: the Job, a Secret with the token, and a ConfigMap with the
 * scripts. The functions are pure. All objects are named after the run and carry its labels, and no others are ever changed.
 */
import type { KubernetesObject, OwnerReference, Right } from "../../kubernetes.ts";
import type { ScriptFiles } from "./script-files.ts";

export interface WorkersSpec {
  /** "load-1a2b3c4d"; all objects are named "gameday-" and this. */
  readonly runId: string;
  readonly namespace: string;
  readonly workers: number;
  readonly image: string;
  /** The coordinator's address for the pods: "http://10.0.0.5:7070". */
  readonly joinUrl: string;
  readonly token: string;
  /** CPU of each worker, as both request and limit, in Kubernetes notation: "1", "500m". */
  readonly cpu: string;
  /** Memory of each worker, as both request and limit: "1Gi". */
  readonly memory: string;
  /** The most seconds that the Job may live, even when its coordinator is gone. */
  readonly aliveSecondsMax: number;
  /** Pods with these labels, in these namespaces, are what faults hit: workers stay off their nodes where there are others. */
  readonly keepOff?: readonly { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }[];
  /** The scripts to mount; null when the image contains them. */
  readonly scripts: ScriptFiles | null;
}

/** Path of the scripts' folder in the pods. */
export const SCRIPTS_FOLDER = "/scripts";
/** Kubernetes deletes a finished Job and all that it owns after this time, which is long enough to read a log. */
const KEPT_SECONDS = 60;
const GRACE_SECONDS = 5;

export function nameOf(runId: string): string {
  return `gameday-${runId}`;
}

export function labelsOf(runId: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": "gameday",
    "app.kubernetes.io/component": "load-worker",
    "app.kubernetes.io/instance": runId,
    "app.kubernetes.io/managed-by": "gameday",
  };
}

/** Returns the label selector of all objects of one run. */
export function selectorOf(runId: string): string {
  return `app.kubernetes.io/managed-by=gameday,app.kubernetes.io/instance=${runId}`;
}

/** The rights that a coordinator needs in the namespace. */
export const RIGHTS: readonly Right[] = [
  ...["create", "delete"].flatMap((verb) => [
    { verb, group: "batch", resource: "jobs" },
    { verb, group: "", resource: "secrets" },
    { verb, group: "", resource: "configmaps" },
  ]),
  { verb: "list", group: "", resource: "pods" },
];

/**
 * Returns all objects in the order in which they are created. The Secret and the ConfigMap come after the Job, so that the Job
 * can own them; its pods wait for them.
 */
export function manifestsOf(spec: WorkersSpec, owner: OwnerReference | null = null): KubernetesObject[] {
  return [jobOf(spec), ...partsOf(spec, owner)];
}

/** Returns all objects except the Job. */
export function partsOf(spec: WorkersSpec, owner: OwnerReference | null): KubernetesObject[] {
  const metadata = {
    name: nameOf(spec.runId),
    namespace: spec.namespace,
    labels: labelsOf(spec.runId),
    ...(owner === null ? {} : { ownerReferences: [owner] }),
  };
  const secret = {
    apiVersion: "v1",
    kind: "Secret" as const,
    metadata,
    immutable: true,
    type: "Opaque",
    stringData: { token: spec.token },
  };
  if (spec.scripts === null) return [secret];
  const { data, binaryData } = spec.scripts;
  return [
    secret,
    { apiVersion: "v1", kind: "ConfigMap" as const, metadata, immutable: true, data, binaryData } as KubernetesObject,
  ];
}

/**
 * Returns the Job. A lost pod is not replaced: its users have moved to the other workers long before a new pod could start, and
 * a load whose workers change would not be the one that was requested. Therefore an index fails with its first pod, without an
 * effect on the other indexes (backoffLimitPerIndex 0).
 */
export function jobOf(spec: WorkersSpec): KubernetesObject {
  const labels = labelsOf(spec.runId);
  const job = {
    apiVersion: "batch/v1",
    kind: "Job" as const,
    metadata: { name: nameOf(spec.runId), namespace: spec.namespace, labels },
    spec: {
      completionMode: "Indexed",
      completions: spec.workers,
      parallelism: spec.workers,
      backoffLimitPerIndex: 0,
      podReplacementPolicy: "Failed",
      activeDeadlineSeconds: spec.aliveSecondsMax,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: { metadata: { labels }, spec: podOf(spec) },
    },
  };
  return job;
}

function podOf(spec: WorkersSpec): object {
  const mounted = spec.scripts !== null;
  return {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: GRACE_SECONDS,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { "app.kubernetes.io/instance": spec.runId } },
      },
    ],
    ...(spec.keepOff === undefined ? {} : { affinity: affinityOf(spec.keepOff) }),
    containers: [workerOf(spec, mounted)],
    ...(mounted ? { volumes: [scriptsVolume(spec)] } : {}),
  };
}

/** A preference, not a demand: a small cluster has no node without a target. */
function affinityOf(keepOff: NonNullable<WorkersSpec["keepOff"]>): object {
  const preferred = keepOff.map(({ namespace, labels }) => ({
    weight: 100,
    podAffinityTerm: {
      topologyKey: "kubernetes.io/hostname",
      namespaces: [namespace],
      labelSelector: { matchLabels: labels },
    },
  }));
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
}

/** Returns the worker's container. Its preferred slot is its index, which Kubernetes sets as JOB_COMPLETION_INDEX. */
function workerOf(spec: WorkersSpec, mounted: boolean): object {
  const resources = { cpu: spec.cpu, memory: spec.memory };
  return {
    name: "worker",
    image: spec.image,
    command: ["gameday", "worker", "--join", spec.joinUrl],
    env: [{ name: "GAMEDAY_TOKEN", valueFrom: { secretKeyRef: { name: nameOf(spec.runId), key: "token" } } }],
    resources: { requests: resources, limits: resources },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    ...(mounted ? { volumeMounts: [{ name: "scripts", mountPath: SCRIPTS_FOLDER, readOnly: true }] } : {}),
  };
}

function scriptsVolume({ runId, scripts }: WorkersSpec): object {
  return { name: "scripts", configMap: { name: nameOf(runId), items: scripts?.items ?? [] } };
}
