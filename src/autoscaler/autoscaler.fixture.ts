/** Helpers with which tests describe an autoscaler and its samples. */
import type { AutoscalerConfig, AutoscalerSamples, PodSample } from "../autoscaler.ts";
import { autoscalerSchema } from "./config.ts";

/** Returns a configuration as a plan would contain it, by default with a CPU target of 50 %. */
export function configOf(more: object = {}, target = 50): AutoscalerConfig {
  const metric = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: target } },
  };
  return autoscalerSchema.parse({ minReplicas: 1, maxReplicas: 1_000, metrics: [metric], ...more });
}

/** Returns a pod that has been running and ready for a long time, with this usage in percent of its request. */
export function podOf(name: string, usagePercent: number | null, more: Partial<PodSample> = {}): PodSample {
  const usage = usagePercent === null ? null : { milli: usagePercent * 10, atMs: 0, windowMs: 1_000 };
  return {
    name,
    phase: "Running",
    deleting: false,
    ready: true,
    startedAtMs: -1e9,
    readyChangedAtMs: -1e9 + 1_000,
    requestMilli: 1_000,
    usage,
    ...more,
  };
}

/** Returns the given number of pods, all with the same usage. */
export function samplesOf(replicas: number, usagePercent: number | null): AutoscalerSamples {
  const pods = Array.from({ length: replicas }, (_, n) => podOf(`p${n}`, usagePercent));
  return { currentReplicas: replicas, pods };
}
