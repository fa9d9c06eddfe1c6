/** What the API lists in a namespace, as far as discovery reads it. Pure. */
import type { Kind, KubernetesObject } from "../../../kubernetes.ts";
import type { AutoscalerObject, NodeObject, PodObject } from "../objects.ts";

export type Labels = Readonly<Record<string, string>>;

export interface ContainerTemplate {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

/** A Deployment or a StatefulSet. */
export interface TemplatedObject extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Labels };
    readonly template?: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec?: { readonly containers?: readonly ContainerTemplate[] };
    };
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly protocol?: string;
}

interface BalancerStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
}

export interface ServiceObject extends KubernetesObject {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Labels;
    readonly ports?: readonly ServicePort[];
    /** "Local": only nodes with a pod of the Service answer on its NodePort. */
    readonly externalTrafficPolicy?: string;
  };
  readonly status?: BalancerStatus;
}

export interface IngressBackend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
}

export interface IngressObject extends KubernetesObject {
  readonly spec?: {
    readonly defaultBackend?: IngressBackend;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly { readonly path?: string; readonly backend?: IngressBackend }[];
      };
    }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
  readonly status?: BalancerStatus;
}

export interface BudgetObject extends KubernetesObject {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Labels };
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
  };
}

/** Everything that was listed; all lists are of one namespace, except the nodes. */
export interface ListedObjects {
  readonly namespace: string;
  readonly deployments: readonly TemplatedObject[];
  readonly statefulSets: readonly TemplatedObject[];
  readonly pods: readonly PodObject[];
  readonly services: readonly ServiceObject[];
  readonly ingresses: readonly IngressObject[];
  readonly autoscalers: readonly AutoscalerObject[];
  readonly budgets: readonly BudgetObject[];
  /** null when they may not be listed. */
  readonly nodes: readonly NodeObject[] | null;
  /** Kinds that may not be listed, or that this cluster does not have; their lists are empty. */
  readonly unread: readonly Kind[];
}

/** Why something was chosen, and what could not be found out. Both are complete sentences for people. */
export interface DiscoveryNotes {
  readonly because: readonly string[];
  readonly questions: readonly string[];
}

/** Returns whether an object with these labels has all that a selector wants; an empty selector selects nothing here. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

export function templateLabels({ spec }: TemplatedObject): Labels {
  return spec?.template?.metadata?.labels ?? {};
}

export function containersOf({ spec }: TemplatedObject): readonly ContainerTemplate[] {
  return spec?.template?.spec?.containers ?? [];
}

export function byName(a: KubernetesObject, b: KubernetesObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Returns names in words: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
