/** The schema of the autoscaler's part of a plan, with the field names, bounds and defaults of `autoscaling/v2`. */
import { z } from "zod";
import type { AutoscalerConfig } from "../autoscaler.ts";

const policy = z.strictObject({
  type: z.enum(["Pods", "Percent"]),
  value: z.int().min(1),
  periodSeconds: z.int().min(1).max(1_800),
});

const rules = (windowSeconds: number, policies: z.output<typeof policy>[]) =>
  z.strictObject({
    stabilizationWindowSeconds: z.int().min(0).max(3_600).default(windowSeconds),
    selectPolicy: z.enum(["Max", "Min", "Disabled"]).default("Max"),
    policies: z.array(policy).min(1).default(policies),
    tolerance: z.number().min(0).optional(),
  });

/** Kubernetes' defaults: up immediately, by at most max(100 %, 4 pods) in 15 s; down after 300 s, by any number. */
const scaleUp = rules(0, [
  { type: "Percent", value: 100, periodSeconds: 15 },
  { type: "Pods", value: 4, periodSeconds: 15 },
]);
const scaleDown = rules(300, [{ type: "Percent", value: 100, periodSeconds: 15 }]);

const cpuMetric = z.strictObject({
  type: z.literal("Resource"),
  resource: z.strictObject({
    name: z.literal("cpu"),
    target: z.strictObject({ type: z.literal("Utilization"), averageUtilization: z.int().min(1) }),
  }),
});

/**
 * The YAML of a HorizontalPodAutoscaler's `spec` (without scaleTargetRef), plus the flags of its controller. Defaults are filled
 * in; parsing the result again does not change it.
 */
export const autoscalerDocument = z
  .strictObject({
    minReplicas: z.int().min(1).default(1),
    maxReplicas: z.int().min(1),
    metrics: z.array(cpuMetric).length(1),
    behavior: z.strictObject({ scaleUp: scaleUp.prefault({}), scaleDown: scaleDown.prefault({}) }).prefault({}),
    syncPeriodSeconds: z.number().gt(0).default(15),
    tolerance: z.number().min(0).default(0.1),
    cpuInitializationPeriodSeconds: z.number().min(0).default(300),
    initialReadinessDelaySeconds: z.number().min(0).default(30),
  })
  .refine(({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas, {
    path: ["maxReplicas"],
    error: "maxReplicas must be at least minReplicas",
  });

/** The document, transformed into the configuration that the algorithm needs. */
export const autoscalerSchema = autoscalerDocument.transform(resolved);

type Document = {
  readonly metrics: readonly z.output<typeof cpuMetric>[];
  readonly behavior: { readonly scaleUp: Rules; readonly scaleDown: Rules };
  readonly tolerance: number;
} & Omit<AutoscalerConfig, "averageUtilization" | "behavior">;
type Rules = z.output<typeof scaleUp>;

/** Resolves the document; the tolerance of a direction takes precedence over that of the controller. */
function resolved({ metrics, behavior, tolerance, ...rest }: Document): AutoscalerConfig {
  const withTolerance = (given: Rules) => ({ ...given, tolerance: given.tolerance ?? tolerance });
  return {
    ...rest,
    averageUtilization: metrics[0]?.resource.target.averageUtilization ?? 0,
    behavior: { scaleUp: withTolerance(behavior.scaleUp), scaleDown: withTolerance(behavior.scaleDown) },
  };
}
