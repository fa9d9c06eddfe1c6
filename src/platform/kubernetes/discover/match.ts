/** Whether a pod is what a row of the table of operators describes. Pure. */
import type { PodObject } from "../objects.ts";
import type { ContainerRule } from "./operators.ts";
import type { ContainerTemplate, Labels } from "./recorded.ts";

/** Returns the name of the container that a rule finds in a pod. */
export function containerNamed(rule: ContainerRule, { spec, metadata }: PodObject): string | undefined {
  const containers: readonly ContainerTemplate[] = spec?.containers ?? [];
  if ("port" in rule)
    return containers.find(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === rule.port))?.name;
  const name = "named" in rule ? rule.named : metadata.labels?.[rule.label];
  return containers.find((one) => one.name === name)?.name;
}

/**
 * Returns the labels of the cluster that a pod belongs to: those that its operator always sets, and the pod's own values of those
 * that tell clusters apart. Returns undefined for a pod that lacks one of them.
 */
export function clusterLabels(
  { labels, instance }: { readonly labels: Labels; readonly instance: readonly string[] },
  { metadata }: PodObject,
): Labels | undefined {
  const own = metadata.labels ?? {};
  if (!Object.entries(labels).every(([key, value]) => own[key] === value)) return undefined;
  if (!instance.every((key) => own[key] !== undefined)) return undefined;
  return { ...labels, ...Object.fromEntries(instance.map((key) => [key, own[key] ?? ""])) };
}
