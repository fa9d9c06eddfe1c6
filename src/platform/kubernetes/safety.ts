/** What may be hit at all. Everything here refuses before any change is made, and names what would allow it. Pure. */
import type { KubernetesObject } from "../../kubernetes.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { KubernetesConfig } from "./config.ts";
import { ALLOWED_LABEL } from "./marks.ts";
import { isControlPlane, type NodeObject, type PodObject } from "./objects.ts";

const NEVER = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** Throws GamedayError for a namespace that belongs to the cluster itself. */
export function assertOwnNamespace(namespace: string): void {
  if (NEVER.has(namespace)) throw refused(`a namespace of your own`, `"${namespace}", which belongs to the cluster`);
}

/** Throws GamedayError unless the namespace's owner consents: by its label, or by its name typed into the plan. */
export function assertNamespaceAllowed({ namespace, allow }: KubernetesConfig, found: KubernetesObject | null): void {
  assertOwnNamespace(namespace);
  if (found === null) throw refused(`namespace "${namespace}"`, "none", "kubectl get namespaces");
  if (allow.namespace === namespace) return;
  if (found.metadata.labels?.[ALLOWED_LABEL] === "true") return;
  throw refused(
    `namespace "${namespace}" to carry the label ${ALLOWED_LABEL}=true, by which its owner allows game days`,
    `labels ${JSON.stringify(found.metadata.labels ?? {})}`,
    `kubectl label namespace ${namespace} ${ALLOWED_LABEL}=true, or platform.allow.namespace: ${namespace} in the plan`,
  );
}

/** Throws GamedayError for a node of the control plane that the plan does not name. */
export function assertNodeMayBeHit({ allow }: KubernetesConfig, node: NodeObject): void {
  const { name } = node.metadata;
  if (!isControlPlane(node) || allow.controlPlaneNodes.includes(name)) return;
  throw refused(
    `a node without the control plane`,
    `node ${name}, which carries it`,
    `platform.allow.controlPlaneNodes: [${name}] in the plan; without the API server nobody can undo anything`,
  );
}

/** Throws GamedayError for a pod that shares its node's network: our rules would hit the whole node. */
export function assertOwnNetwork({ metadata, spec }: PodObject): void {
  if (spec?.hostNetwork !== true) return;
  throw refused(
    `a pod with a network of its own`,
    `pod ${metadata.name}, which has hostNetwork: true: rules would fall on its whole node`,
  );
}

function refused(expected: string, got: string, hint?: string): GamedayError {
  const hinted = hint === undefined ? {} : { hint };
  return new GamedayError({ code: "kubernetes-refused", expected, got, ...hinted, exitCode: ExitCode.usage });
}
