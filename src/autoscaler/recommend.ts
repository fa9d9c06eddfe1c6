/** Computes what the metric alone calls for: ceil(pods x utilization / target), with conservative guesses for missing samples. */
import type { AutoscalerConfig, AutoscalerSamples, PodSample } from "../autoscaler.ts";
import { groupPods } from "./pods.ts";

export interface Recommendation {
  /** Null if it cannot be computed; `reason` and `message` explain why, in Kubernetes' terms. */
  readonly replicas: number | null;
  readonly utilization: number | null;
  readonly reason: string;
  readonly message: string;
}

interface Usage {
  readonly usedMilli: number;
  readonly requestMilli: number;
}

export function recommend(config: AutoscalerConfig, samples: AutoscalerSamples, nowMs: number): Recommendation {
  const { counted, unready, missing } = groupPods(config, samples, nowMs);
  const undeclared = [...counted, ...unready, ...missing].find((pod) => !(Number(pod.requestMilli) > 0));
  if (undeclared !== undefined) return failed(`missing request for cpu in ${undeclared.name}`);
  if (counted.length === 0) return failed("did not receive metrics for any ready pods");
  const measured = counted.map((pod) => usageOf(pod, pod.usage?.milli ?? 0));
  const utilization = utilizationOf(measured);
  const ratio = utilization / config.averageUtilization;
  const raised = ratio > 1 ? unready.map((pod) => usageOf(pod, 0)) : [];
  const guessed = [...missing.map((pod) => usageOf(pod, guess(pod, ratio, config))), ...raised];
  const replicas =
    guessed.length === 0 || ratio === 1
      ? scaled(config, samples.currentReplicas, ratio, counted.length)
      : carefully(config, samples.currentReplicas, ratio, [...measured, ...guessed]);
  const message = "a replica count was computed from cpu resource utilization (percentage of request)";
  return { replicas, utilization, reason: "ValidMetricFound", message };
}

function failed(message: string): Recommendation {
  return { replicas: null, utilization: null, reason: "FailedGetResourceMetric", message };
}

function scaled(config: AutoscalerConfig, current: number, ratio: number, pods: number): number {
  return isWithinTolerance(config, ratio) ? current : Math.ceil(ratio * pods);
}

/** Recomputes the ratio with the guessed samples; keeps the current count if that would reverse the direction. */
function carefully(config: AutoscalerConfig, current: number, ratio: number, all: readonly Usage[]): number {
  const again = utilizationOf(all) / config.averageUtilization;
  if (isWithinTolerance(config, again) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return current;
  const replicas = Math.ceil(again * all.length);
  const turned = (again < 1 && replicas > current) || (again > 1 && replicas < current);
  return turned ? current : replicas;
}

/** Guesses the usage of a missing pod: if the others are below the target, its request (or the target if higher); otherwise 0. */
function guess(pod: PodSample, ratio: number, config: AutoscalerConfig): number {
  return ratio < 1 ? ((pod.requestMilli ?? 0) * Math.max(100, config.averageUtilization)) / 100 : 0;
}

function isWithinTolerance({ behavior }: AutoscalerConfig, ratio: number): boolean {
  return 1 - behavior.scaleDown.tolerance <= ratio && ratio <= 1 + behavior.scaleUp.tolerance;
}

/** Returns the utilization in whole percent, rounded down. */
function utilizationOf(usages: readonly Usage[]): number {
  const used = usages.reduce((sum, usage) => sum + usage.usedMilli, 0);
  const requested = usages.reduce((sum, usage) => sum + usage.requestMilli, 0);
  return Math.floor((used * 100) / requested);
}

function usageOf(pod: PodSample, usedMilli: number): Usage {
  return { usedMilli, requestMilli: pod.requestMilli ?? 0 };
}
