/**
 * Decides which pods' samples count, as Kubernetes documents it. Failed pods and those being deleted do not exist. Pending pods,
 * and pods whose CPU usage is due to their start rather than to load, are set aside. Pods without a metric are missing.
 */
import type { AutoscalerConfig, AutoscalerSamples, PodSample } from "../autoscaler.ts";

export interface Grouped {
  readonly counted: readonly PodSample[];
  readonly unready: readonly PodSample[];
  readonly missing: readonly PodSample[];
}

export function groupPods(config: AutoscalerConfig, { pods }: AutoscalerSamples, nowMs: number): Grouped {
  const existing = pods.filter((pod) => !pod.deleting && pod.phase !== "Failed");
  const pending = existing.filter((pod) => pod.phase === "Pending");
  const running = existing.filter((pod) => pod.phase === "Running");
  const missing = running.filter((pod) => pod.usage === null);
  const measured = running.filter((pod) => pod.usage !== null);
  return {
    counted: measured.filter((pod) => !isStarting(config, pod, nowMs)),
    unready: [...pending, ...measured.filter((pod) => isStarting(config, pod, nowMs))],
    missing,
  };
}

/**
 * Returns whether a pod is still starting. Within the initialization period, this is a pod that is not ready, or whose metric
 * window began before it became ready. After that, it is a pod that has never been ready: it is not ready, and its readiness last
 * changed within the initial delay after its start.
 */
function isStarting(config: AutoscalerConfig, pod: PodSample, nowMs: number): boolean {
  const { startedAtMs, readyChangedAtMs, usage } = pod;
  if (startedAtMs === null || readyChangedAtMs === null || usage === null) return true;
  if (nowMs < startedAtMs + config.cpuInitializationPeriodSeconds * 1_000) {
    return !pod.ready || usage.atMs < readyChangedAtMs + usage.windowMs;
  }
  return !pod.ready && readyChangedAtMs < startedAtMs + config.initialReadinessDelaySeconds * 1_000;
}
