/**
 * The part of the Kubernetes API that Gameday needs: a thin port (create, list, remove, log, may I) over plain objects, so that
 * the code that builds objects and the code that reads them can be pure. `kubernetes/client.ts` connects it to a real cluster.
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Whether this owner manages the object; at most one owner does. */
  readonly controller?: boolean;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly ownerReferences?: readonly OwnerReference[];
  /** Set while the object is being deleted. */
  readonly deletionTimestamp?: string;
  readonly creationTimestamp?: string;
  readonly resourceVersion?: string;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
}

/** The kinds that Gameday uses; kubernetes/client.ts knows their paths. */
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

/** The part of a pod that describes its state. */
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

/** What the cluster reports about one of our objects: "FailedCreate", "exceeded quota". */
export interface KubernetesEvent extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** One thing that a user may or may not do in a namespace. */
export interface Right {
  readonly verb: string;
  /** "" means the core group. */
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
  /** 0: at once, for a pod whose node is gone. Default: the object's own grace period. */
  readonly graceSeconds?: number;
  /** Removes the object only if it has this uid; another object of the same name is left alone ("kubernetes-conflict"). */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Every call has a deadline and throws GamedayError "kubernetes-..." with the request and the server's response. */
export interface KubernetesApi {
  /** The context of the kubeconfig, for messages. */
  readonly context: string;
  /** The namespace of the context; "default" when the context names none. */
  readonly namespace: string;
  /** The server's address: "https://10.0.0.1:6443". */
  readonly server: string;
  /** With `dryRun`, the server validates the object completely (admission included) and stores nothing. */
  create<T extends KubernetesObject>(object: T, options?: { readonly dryRun?: boolean }): Promise<T>;
  list(kind: Kind, where: Where): Promise<readonly KubernetesObject[]>;
  /** Removes the object and everything that it owns; returns false when it did not exist. */
  remove(kind: Kind, namespace: string, name: string, options?: RemoveOptions): Promise<boolean>;
  /** Returns the last lines of a pod's log. */
  log(namespace: string, pod: string, lines: number): Promise<string>;
  mayI(namespace: string, right: Right): Promise<boolean>;
}

/** One object of the cluster. Kinds without a namespace (Node, Namespace) ignore `namespace`. */
export interface ObjectReference {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export interface PatchOptions {
  /** "merge" (RFC 7396, the default), "json" (RFC 6902) or "strategic" (lists are merged by their keys). */
  readonly type?: "merge" | "json" | "strategic";
  readonly subresource?: "ephemeralcontainers" | "scale" | "status";
  /** The server validates the patch completely, admission included, and stores nothing. */
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

/** What a watch reports: an object as it is now, or its deletion. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubernetesObject;
}

export interface LogOptions {
  readonly container?: string;
  /** An RFC 3339 time. */
  readonly sinceTime?: string;
  readonly lines?: number;
  readonly timestamps?: boolean;
  /** Whether to read the log of the container's previous run. */
  readonly previous?: boolean;
}

/** A local port on this machine's loopback interface that leads to a port of a pod. Disposing it closes the port. */
export interface Forward extends AsyncDisposable {
  readonly port: number;
}

/**
 * The whole API that a platform on Kubernetes needs. Every call ends by its deadline or its signal, and throws GamedayError
 * "kubernetes-..." when the server refuses or does not answer.
 */
export interface ClusterApi extends KubernetesApi {
  /** Returns null when no object has that name. */
  get(object: ObjectReference, signal: AbortSignal, subresource?: "scale"): Promise<KubernetesObject | null>;
  patch(object: ObjectReference, body: unknown, options: PatchOptions, signal: AbortSignal): Promise<KubernetesObject>;
  /** Throws "kubernetes-conflict" when the object's resourceVersion is not the newest. */
  replace<T extends KubernetesObject>(object: T, signal: AbortSignal): Promise<T>;
  /** Throws "kubernetes-too-many-requests" with the server's explanation while a PodDisruptionBudget forbids the eviction. */
  evict(pod: PodReference, options: { readonly graceSeconds?: number }, signal: AbortSignal): Promise<void>;
  /** Runs a command in a running container. Throws when the connection is lost before the exit code arrives. */
  exec(
    where: ContainerReference,
    argv: readonly string[],
    options: { readonly stdin?: string; readonly deadlineMs: number },
    signal: AbortSignal,
  ): Promise<ExecOutcome>;
  forward(pod: PodReference, port: number, signal: AbortSignal): Promise<Forward>;
  logOf(pod: PodReference, options: LogOptions, signal: AbortSignal): Promise<string>;
  /**
   * Reports all objects that exist, then each change, until the signal aborts. A watch that breaks or is too old is restarted,
   * and changes made in the meantime are reported then; `onGap` receives the length of the gap. Resolves when the signal aborts.
   */
  watch(kind: Kind, where: Where, listener: WatchListener, signal: AbortSignal): Promise<void>;
}

/** A pod, with its uid where it must be exactly this pod. */
export interface PodReference {
  readonly namespace: string;
  readonly pod: string;
  readonly uid?: string;
}

export interface WatchListener {
  onEvent(event: WatchEvent): void;
  /** Reports that nothing was watched for this long, and why. */
  onGap(gap: { readonly ms: number; readonly because: string }): void;
}
