/**
 * The API of a Kubernetes cluster as far as Gameday needs it: a thin port (create, list, remove, log, may I) over plain objects,
 * so that what makes objects and what reads them can be pure. `kubernetes/client.ts` speaks to a real cluster.
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
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
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
}

/** The kinds that are used; kubernetes/client.ts knows their paths. */
export type Kind = "Job" | "Pod" | "Secret" | "ConfigMap" | "Event";

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
