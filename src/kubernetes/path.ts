/** Where kinds live in the API. */
import type { Kind } from "../kubernetes.ts";

/** One request in words, for its path and for what is said when it fails. */
export interface Call {
  readonly verb: "create" | "list" | "get" | "delete";
  readonly kind: Kind | "SelfSubjectAccessReview";
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
}

const RESOURCES: Readonly<Record<Call["kind"], { readonly group: string; readonly plural: string }>> = {
  Job: { group: "batch", plural: "jobs" },
  Pod: { group: "", plural: "pods" },
  Secret: { group: "", plural: "secrets" },
  ConfigMap: { group: "", plural: "configmaps" },
  Event: { group: "", plural: "events" },
  SelfSubjectAccessReview: { group: "authorization.k8s.io", plural: "selfsubjectaccessreviews" },
};

/** "/apis/batch/v1/namespaces/load/jobs/x"; what is created is posted to its collection. */
export function pathOf({ kind, namespace, name, subresource }: Call, method: string): string {
  const { group, plural } = RESOURCES[kind];
  const scope = kind === "SelfSubjectAccessReview" ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const one = name === undefined || method === "POST" ? "" : `/${encodeURIComponent(name)}`;
  const below = subresource === undefined ? "" : `/${subresource}`;
  return `${group === "" ? "/api/v1" : `/apis/${group}/v1`}${scope}/${plural}${one}${below}`;
}

/** As RBAC and kubectl write it: "jobs.batch", "pods/log". */
export function resourceOf({ kind, subresource }: Call): string {
  const { group, plural } = RESOURCES[kind];
  return `${plural}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
}
