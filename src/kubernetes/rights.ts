/** Checks the required rights before anything is created, and reports all missing ones at once. */
import type { KubernetesApi, Right } from "../kubernetes.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/** Formats a right: `create jobs.batch`, `get pods/log`. */
export function describeRight({ verb, group, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
}

/** Throws GamedayError that names all missing rights. */
export async function demandRights(api: KubernetesApi, namespace: string, rights: readonly Right[]): Promise<void> {
  const allowed = await Promise.all(rights.map((right) => api.mayI(namespace, right)));
  const missing = rights.filter((_, index) => allowed[index] !== true);
  if (missing.length > 0) throw rightsMissing(api.context, namespace, missing);
}

function rightsMissing(context: string, namespace: string, missing: readonly Right[]): GamedayError {
  return new GamedayError({
    code: "kubernetes-forbidden",
    expected: `to be allowed what a load on Kubernetes needs in namespace ${namespace} (context ${context})`,
    got: `RBAC that does not allow: ${missing.map(describeRight).join(", ")}`,
    hint: "a Role with these verbs and resources; or --manifest, for somebody else to apply",
    exitCode: ExitCode.notReady,
  });
}
