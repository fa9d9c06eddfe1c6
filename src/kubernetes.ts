/**
 * The API of a Kubernetes cluster as far as Gameday needs it: a thin port (create, list, remove, log, may I) over plain objects,
 * so that what makes objects and what reads them can be pure. `kubernetes/client.ts` speaks to a real cluster.
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** It is the one that manages the object: at most one owner is. */
  readonly controller?: boolean;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly ownerReferences?: readonly OwnerReference[];
  /** Set when it is being deleted. */
  readonly deletionTimestamp?: string;
  readonly creationTimestamp?: string;
  readonly resourceVersion?: string;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
}

/** The kinds that are used; kubernetes/client.ts knows their paths. */
export type Kind =
  | "ConfigMap"
  | "Deployment"
  | "EndpointSlice"
  | "Event"
  | "HorizontalPodAutoscaler"
  | "Ingress"
  | "Job"
  | "Lease"
  | "Namespace"
  | "NetworkPolicy"
  | "Node"
  | "NodeMetrics"
  | "Pod"
  | "PodDisruptionBudget"
  | "PodMetrics"
  | "ReplicaSet"
  | "Secret"
  | "Service"
  | "StatefulSet";

/** The part of a pod that says how it is. */
export interface Pod extends KubernetesObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    /** Why the pod as a whole failed: "Evicted". */
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode: number };
  };
  readonly lastState?: { readonly terminated?: { readonly reason?: string; readonly exitCode: number } };
}

/** What the cluster says about an object of ours: "FailedCreate", "exceeded quota". */
export interface KubernetesEvent extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** One thing that somebody may or may not do in a namespace. */
export interface Right {
  readonly verb: string;
  /** "" is the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

export interface Where {
  readonly namespace: string;
  readonly labels?: string;
  readonly fields?: string;
}

export interface RemoveOptions {
  /** 0: at once, for a pod whose node is gone. Default: the object's own. */
  readonly graceSeconds?: number;
  /** Removed only while it is this very object; another one of its name is left alone ("kubernetes-conflict"). */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Every call has a deadline and throws GamedayError "kubernetes-..." that says what was asked and what the server said. */
export interface KubernetesApi {
  /** The context of the kubeconfig, for messages. */
  readonly context: string;
  /** Of the context; "default" where it names none. */
  readonly namespace: string;
  /** The server's address: "https://10.0.0.1:6443". */
  readonly server: string;
  /** `dryRun`: the server checks it whole (admission too) and keeps nothing. */
  create<T extends KubernetesObject>(object: T, options?: { readonly dryRun?: boolean }): Promise<T>;
  list(kind: Kind, where: Where): Promise<readonly KubernetesObject[]>;
  /** With all that it owns; false when it was not there. */
  remove(kind: Kind, namespace: string, name: string, options?: RemoveOptions): Promise<boolean>;
  /** The last lines of a pod's log. */
  log(namespace: string, pod: string, lines: number): Promise<string>;
  mayI(namespace: string, right: Right): Promise<boolean>;
}

/** One object of the cluster. Kinds without a namespace (Node, Namespace) ignore it. */
export interface ObjectReference {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export interface PatchOptions {
  /** "merge" (RFC 7396, the default), "json" (RFC 6902) or "strategic" (lists merge by their keys). */
  readonly type?: "merge" | "json" | "strategic";
  readonly subresource?: "ephemeralcontainers" | "scale" | "status";
  /** The server checks it whole, admission included, and keeps nothing. */
  readonly dryRun?: boolean;
}

export interface ContainerReference {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a watch reports: an object as it is now, or that it is gone. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubernetesObject;
}

export interface LogOptions {
  readonly container?: string;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly lines?: number;
  readonly timestamps?: boolean;
  /** The log of the container's run before this one. */
  readonly previous?: boolean;
}

/** A local port of this machine's loopback that leads to a port of a pod. Disposing closes it. */
export interface Forward extends AsyncDisposable {
  readonly port: number;
}

/**
 * The whole of the API that a platform on Kubernetes needs. Every call ends by its deadline or its signal, and throws GamedayError
 * "kubernetes-..." when the server refuses or does not answer.
 */
export interface ClusterApi extends KubernetesApi {
  /** null: there is none of that name. */
  get(object: ObjectReference, signal: AbortSignal, subresource?: "scale"): Promise<KubernetesObject | null>;
  patch(object: ObjectReference, body: unknown, options: PatchOptions, signal: AbortSignal): Promise<KubernetesObject>;
  /** Refused ("kubernetes-conflict") when the object's resourceVersion is not the newest. */
  replace<T extends KubernetesObject>(object: T, signal: AbortSignal): Promise<T>;
  /** Throws "kubernetes-too-many-requests" with the budget's own words while a PodDisruptionBudget forbids it. */
  evict(pod: PodReference, options: { readonly graceSeconds?: number }, signal: AbortSignal): Promise<void>;
  /** Runs a command in a container that runs. Throws when the connection is lost before the exit code came. */
  exec(
    where: ContainerReference,
    argv: readonly string[],
    options: { readonly stdin?: string; readonly deadlineMs: number },
    signal: AbortSignal,
  ): Promise<ExecOutcome>;
  forward(pod: PodReference, port: number, signal: AbortSignal): Promise<Forward>;
  logOf(pod: PodReference, options: LogOptions, signal: AbortSignal): Promise<string>;
  /**
   * Reports all objects that there are, then each change, until the signal. A watch that breaks or is too old is made anew, and what
   * changed meanwhile is reported then; `onGap` hears how long nobody watched. Resolves when the signal comes.
   */
  watch(kind: Kind, where: Where, listener: WatchListener, signal: AbortSignal): Promise<void>;
}

/** A pod, and where it matters that it is this very one: its uid. */
export interface PodReference {
  readonly namespace: string;
  readonly pod: string;
  readonly uid?: string;
}

export interface WatchListener {
  onEvent(event: WatchEvent): void;
  /** Nobody watched for so long, for this reason. */
  onGap(gap: { readonly ms: number; readonly because: string }): void;
}
