/** The role that a pod has according to the plan. Pure. */
import type { KubernetesConfig } from "./config.ts";
import { carries, controllerOf, type PodObject } from "./objects.ts";

/**
 * Returns null when the pod has no role. The app's pods are recognised by their ReplicaSet, whose name is the Deployment's with a
 * hash.
 */
export function roleOf(config: KubernetesConfig, pod: PodObject): string | null {
  if (config.postgres !== undefined && carries(pod, config.postgres.pods)) return "postgres";
  if (config.redis !== undefined && carries(pod, config.redis.pods)) return "redis";
  const controller = controllerOf(pod);
  if (controller?.kind === "ReplicaSet" && isSetOf(controller.name, config.app.deployment)) return "app";
  return Object.entries(config.others).find(([, labels]) => carries(pod, labels))?.[0] ?? null;
}

/**
 * Returns whether a ReplicaSet belongs to a Deployment: "shop-84ffb6b9" belongs to "shop", and "shop-admin-84ffb6b9" does not.
 */
function isSetOf(set: string, deployment: string): boolean {
  return set.startsWith(`${deployment}-`) && !set.slice(deployment.length + 1).includes("-");
}

/** Returns the container of a role's pod that faults apply to: the one that the plan names, otherwise the first. */
export function containerOf(config: KubernetesConfig, role: string, pod: PodObject): string {
  const named: Readonly<Record<string, string | undefined>> = {
    app: config.app.container,
    postgres: config.postgres?.container,
    redis: config.redis?.container,
  };
  return named[role] ?? pod.spec?.containers?.[0]?.name ?? "";
}
