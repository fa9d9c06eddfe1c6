/** The least rights that a plan needs, as manifests: a ServiceAccount, a Role, and the ClusterRole that only nodes need. Pure. */
import type { PlanNeeds } from "../kind.ts";
import type { KubernetesConfig } from "./config.ts";
import { rbacRules, rightsNeeded } from "./rights.ts";

const NAME = "gameday";

/** Returns the objects in the order in which they can be applied. */
export function rbacObjects(config: KubernetesConfig, needs: PlanNeeds): readonly object[] {
  const { namespace } = config;
  const rights = rightsNeeded(config, needs);
  const subjects = [{ kind: "ServiceAccount", name: NAME, namespace }];
  const clusterName = `${NAME}-${namespace}`;
  const api = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace } },
    {
      apiVersion: `${api}/v1`,
      kind: "Role",
      metadata: { name: NAME, namespace },
      rules: rbacRules(rights, "namespace"),
    },
    {
      apiVersion: `${api}/v1`,
      kind: "RoleBinding",
      metadata: { name: NAME, namespace },
      roleRef: { apiGroup: api, kind: "Role", name: NAME },
      subjects,
    },
    {
      apiVersion: `${api}/v1`,
      kind: "ClusterRole",
      metadata: { name: clusterName },
      rules: rbacRules(rights, "cluster"),
    },
    {
      apiVersion: `${api}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: clusterName },
      roleRef: { apiGroup: api, kind: "ClusterRole", name: clusterName },
      subjects,
    },
  ];
}
