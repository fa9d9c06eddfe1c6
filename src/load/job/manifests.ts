/**
 * The objects of a load whose workers are an Indexed Job: the Job, a Secret with the token, and a ConfigMap with the scripts.
 * Pure; all are named after the run and carry its labels, and nothing without them is ever touched.
 */
import type { KubernetesObject, OwnerReference, Right } from "../../kubernetes.ts";
import type { ScriptFiles } from "./script-files.ts";

export interface WorkersSpec {
  /** "load-1a2b3c4d": also the name of everything, after "gameday-". */
  readonly runId: string;
  readonly namespace: string;
  readonly workers: number;
  readonly image: string;
  /** Where the pods find the coordinator: "http://10.0.0.5:7070". */
  readonly joinUrl: string;
  readonly token: string;
  /** Of each worker, requested and at most, as Kubernetes writes them: "1", "500m"; "1Gi". */
  readonly cpu: string;
  readonly memory: string;
  /** The Job ends then, whatever became of its coordinator. */
  readonly aliveSecondsMax: number;
  /** null: the image has them. */
  readonly scripts: ScriptFiles | null;
}

/** Where the scripts' folder lies in the pods. */
export const SCRIPTS_FOLDER = "/scripts";
/** A finished Job and all that it owns go by themselves after this; long enough to read a log. */
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

/** Selects all of one run's objects. */
export function selectorOf(runId: string): string {
  return `app.kubernetes.io/managed-by=gameday,app.kubernetes.io/instance=${runId}`;
}

/** What a coordinator does in the namespace; all of it is needed. */
export const RIGHTS: readonly Right[] = [
  ...["create", "delete"].flatMap((verb) => [
    { verb, group: "batch", resource: "jobs" },
    { verb, group: "", resource: "secrets" },
    { verb, group: "", resource: "configmaps" },
  ]),
  { verb: "list", group: "", resource: "pods" },
];

/** In the order in which they are made: what the Job's pods wait for may come after it, and is then owned by it. */
export function manifestsOf(spec: WorkersSpec, owner: OwnerReference | null = null): KubernetesObject[] {
  return [jobOf(spec), ...partsOf(spec, owner)];
}

/** All but the Job. */
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
 * A pod that is lost is not replaced: its users went to the others long before a new one could come, and a load whose workers
 * change would not be the one that was asked for. So each index may fail once, and for itself (backoffLimitPerIndex 0).
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
    containers: [workerOf(spec, mounted)],
    ...(mounted ? { volumes: [scriptsVolume(spec)] } : {}),
  };
}

/** Its slot is its index: Kubernetes sets JOB_COMPLETION_INDEX. */
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
