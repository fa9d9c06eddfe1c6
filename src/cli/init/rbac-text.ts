/** The rights that `gameday init --rbac` prints, as YAML for `kubectl apply`. */
import { stringify } from "yaml";
import type { PlanNeeds } from "../../platform/kind.ts";
import { KUBERNETES_CAPABILITIES } from "../../platform/kubernetes/capability/all.ts";
import { type KubernetesConfig, kubernetesConfig } from "../../platform/kubernetes/config.ts";
import { rbacObjects } from "../../platform/kubernetes/rbac.ts";
import { GamedayError } from "../../std/errors.ts";
import type { PlanFile } from "../plan-file.ts";
import { needsOf } from "../plan-needs.ts";
import { comments } from "./yaml-lines.ts";

/** Returns what any plan for the namespace may need: all faults, an autoscaler to watch, and the reaper. */
export function rbacOfNamespace(namespace: string): string {
  const config = kubernetesConfig.parse({
    kind: "kubernetes",
    context: "any",
    namespace,
    endpoint: "http://endpoint.invalid",
    app: { deployment: "any" },
    autoscaler: "any",
    serviceAccount: "gameday",
  });
  return rbacText(config, { capabilities: KUBERNETES_CAPABILITIES }, `every fault that Gameday has on Kubernetes`);
}

/** Returns what this plan needs and nothing else. Throws GamedayError for a plan of another platform. */
export function rbacOfPlan({ plan, file }: PlanFile): string {
  const { kind } = plan.platform;
  if (kind !== "kubernetes")
    throw new GamedayError({
      code: "init-not-kubernetes",
      expected: "a plan whose platform is kubernetes",
      got: `"${kind}", which needs no rights in a cluster`,
      place: { file },
    });
  const config = kubernetesConfig.parse(plan.platform);
  return rbacText(config, needsOf(plan), `the load and the faults of the plan "${plan.name}"`);
}

function rbacText(config: KubernetesConfig, needs: PlanNeeds, what: string): string {
  const head = comments([
    `These are the least rights for ${what} in namespace ${config.namespace}: kubectl apply -f FILE.`,
    "The ClusterRole is separate, because nodes and namespaces belong to the whole cluster. Only what is done to nodes changes anything there.",
  ]);
  const documents = rbacObjects(config, needs).map((object) => stringify(object, { lineWidth: 0 }));
  return `${head.join("\n")}\n${documents.join("---\n")}`;
}
