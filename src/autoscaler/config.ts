/** The schema of the autoscaler's part of a plan, with the field names, bounds and defaults of `autoscaling/v2`. */
import { z } from "zod";
import type { AutoscalerConfig } from "../autoscaler.ts";

const policy = z.strictObject({
  type: z.enum(["Pods", "Percent"]).describe("Whether value is a number of replicas or a share of them."),
  value: z.int().min(1).describe("The largest change in one period."),
  periodSeconds: z.int().min(1).max(1_800).describe("The length of a period."),
});

const rules = (windowSeconds: number, policies: z.output<typeof policy>[]) =>
  z.strictObject({
    stabilizationWindowSeconds: z
      .int()
      .min(0)
      .max(3_600)
      .default(windowSeconds)
      .describe("How long earlier recommendations count before the count may move in this direction."),
    selectPolicy: z
      .enum(["Max", "Min", "Disabled"])
      .default("Max")
      .describe("Which policy decides; Disabled means that the count never moves in this direction."),
    policies: z.array(policy).min(1).default(policies).describe("Limits on the speed of scaling."),
    tolerance: z.number().min(0).optional().describe("The tolerance in this direction; default: the controller's."),
  });

/** Kubernetes' defaults: up immediately, by at most max(100 %, 4 pods) in 15 s; down after 300 s, by any number. */
const scaleUp = rules(0, [
  { type: "Percent", value: 100, periodSeconds: 15 },
  { type: "Pods", value: 4, periodSeconds: 15 },
]);
const scaleDown = rules(300, [{ type: "Percent", value: 100, periodSeconds: 15 }]);

const cpuMetric = z.strictObject({
  type: z.literal("Resource").describe("Resource is the only supported type."),
  resource: z
    .strictObject({
      name: z.literal("cpu").describe("The resource; only cpu is supported."),
      target: z
        .strictObject({
          type: z.literal("Utilization").describe("Utilization is the only supported type."),
          averageUtilization: z.int().min(1).describe("The wanted CPU usage, in per cent of what a replica requests."),
        })
        .describe("What the autoscaler aims at."),
    })
    .describe("The resource that is measured."),
});

/**
 * The YAML of a HorizontalPodAutoscaler's `spec` (without scaleTargetRef), plus the flags of its controller. Defaults are filled
 * in; parsing the result again does not change it.
 */
export const autoscalerDocument = z
  .strictObject({
    minReplicas: z.int().min(1).default(1).describe("The fewest replicas."),
    maxReplicas: z.int().min(1).describe("The most replicas."),
    metrics: z.array(cpuMetric).length(1).describe("What the number of replicas follows: exactly one metric, of CPU."),
    behavior: z
      .strictObject({
        scaleUp: scaleUp.prefault({}).describe("How fast replicas are added."),
        scaleDown: scaleDown.prefault({}).describe("How fast replicas are removed."),
      })
      .prefault({})
      .describe("The speed and stabilisation in each direction."),
    syncPeriodSeconds: z.number().gt(0).default(15).describe("The controller's period."),
    tolerance: z
      .number()
      .min(0)
      .default(0.1)
      .describe("A deviation from the target, as a ratio, that changes nothing."),
    cpuInitializationPeriodSeconds: z
      .number()
      .min(0)
      .default(300)
      .describe("How long after its start a replica's CPU counts only if it is ready."),
    initialReadinessDelaySeconds: z
      .number()
      .min(0)
      .default(30)
      .describe("How long after its start a replica that has never been ready counts as starting."),
  })
  .refine(({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas, {
    path: ["maxReplicas"],
    error: "at least minReplicas",
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
