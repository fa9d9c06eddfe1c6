/**
 * The autoscaler decides how many replicas there should be. It follows the algorithm that Kubernetes documents for its
 * HorizontalPodAutoscaler ("Algorithm details", "Configurable scaling behavior"), with the field names and conditions of
 * `autoscaling/v2`. It is a pure function: it takes the configuration, state, samples and time, and returns a decision and the
 * next state. A judge can therefore recompute every decision from the recorded data.
 *
 * A *sample* is the state of one pod at a sync. A *recommendation* is the number of replicas that the metric alone calls for.
 * *Stabilizing* chooses the most cautious recommendation of a window, *policies* limit the change per period, and min and max
 * bound the result.
 */
import { type Bounded, limit } from "./autoscaler/limit.ts";
import { type Recommendation, recommend } from "./autoscaler/recommend.ts";
import { rememberRecommendation, rememberScaling, type Stabilized, stabilize } from "./autoscaler/stabilize.ts";

export type SelectPolicy = "Max" | "Min" | "Disabled";

export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: SelectPolicy;
  readonly policies: readonly ScalingPolicy[];
  /** The share of the target within which nothing is changed in this direction; Kubernetes' default is 0.1. */
  readonly tolerance: number;
}

export interface AutoscalerConfig {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** The target for CPU used / CPU requested, in percent, averaged over the pods. */
  readonly averageUtilization: number;
  readonly behavior: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
  /** Flags of kube-controller-manager: --horizontal-pod-autoscaler-sync-period, -cpu-initialization-period, ... */
  readonly syncPeriodSeconds: number;
  readonly cpuInitializationPeriodSeconds: number;
  readonly initialReadinessDelaySeconds: number;
}

/** The state of one pod at a sync. Times are milliseconds on the clock of the sync. */
export interface PodSample {
  readonly name: string;
  readonly phase: "Pending" | "Running" | "Failed";
  readonly deleting: boolean;
  readonly ready: boolean;
  /** Null: the pod has not started yet, or was never reported as ready or not ready. */
  readonly startedAtMs: number | null;
  readonly readyChangedAtMs: number | null;
  /** The CPU requested, in thousandths of a core; null if the pod declares none, in which case nothing can be computed. */
  readonly requestMilli: number | null;
  /** The average CPU usage over the window that ended at `atMs`; null if it is missing. */
  readonly usage: { readonly milli: number; readonly atMs: number; readonly windowMs: number } | null;
}

export interface AutoscalerSamples {
  /** The number of replicas currently requested (spec.replicas), whether or not they exist yet. */
  readonly currentReplicas: number;
  readonly pods: readonly PodSample[];
}

export interface AutoscalerState {
  readonly recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
  /** The changes that were made: positive for more replicas, negative for fewer. */
  readonly scalings: readonly { readonly atMs: number; readonly change: number }[];
}

/** The moment of a decision: its time, and the replicas that there are. */
export interface DecisionMoment {
  readonly current: number;
  readonly nowMs: number;
}

export interface ScalingCondition {
  readonly type: "AbleToScale" | "ScalingActive" | "ScalingLimited";
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

export interface AutoscalerDecision {
  readonly desiredReplicas: number;
  /** The number that the metric alone calls for, and the number after stabilization; null where no metric was evaluated. */
  readonly recommended: number | null;
  readonly stabilized: number | null;
  /** The utilization of the pods that count, in whole percent, rounded down as in Kubernetes; null if there is none. */
  readonly utilization: number | null;
  readonly conditions: readonly ScalingCondition[];
}

/** The state before the first sync. */
export const INITIAL_STATE: AutoscalerState = { recommendations: [], scalings: [] };

/** Performs one sync. Never throws: if the recommendation cannot be computed, a condition reports that and nothing changes. */
export function autoscalerStep(
  config: AutoscalerConfig,
  state: AutoscalerState,
  samples: AutoscalerSamples,
  nowMs: number,
): { readonly state: AutoscalerState; readonly decision: AutoscalerDecision } {
  const current = samples.currentReplicas;
  const begun = state.recommendations.length > 0 ? state : rememberRecommendation(config, state, current, nowMs);
  const bound = outOfBounds(config, current);
  const at = { current, nowMs };
  if (bound !== null) return decided(config, begun, bound, at);
  const recommendation = recommend(config, samples, nowMs);
  if (recommendation.replicas === null) return { state: begun, decision: blind(current, recommendation) };
  const stabilized = stabilize(config, begun, recommendation.replicas, at);
  const next = rememberRecommendation(config, begun, recommendation.replicas, nowMs);
  const bounded = limit(config, begun, stabilized.replicas, at);
  const decision: AutoscalerDecision = {
    desiredReplicas: bounded.replicas,
    recommended: recommendation.replicas,
    stabilized: stabilized.replicas,
    utilization: recommendation.utilization,
    conditions: conditionsOf(current, recommendation, stabilized, bounded),
  };
  return decided(config, next, decision, at);
}

/** Corrects a count outside [min, max] before any metric is evaluated, and leaves a count of 0 alone, as Kubernetes does. */
function outOfBounds(config: AutoscalerConfig, current: number): AutoscalerDecision | null {
  const plain = { recommended: null, stabilized: null, utilization: null };
  if (current === 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    const off: ScalingCondition = { type: "ScalingActive", status: "False", reason: "ScalingDisabled", message };
    return { ...plain, desiredReplicas: 0, conditions: [off] };
  }
  const desiredReplicas = Math.min(Math.max(current, config.minReplicas), config.maxReplicas);
  return desiredReplicas === current ? null : { ...plain, desiredReplicas, conditions: [rescaled(desiredReplicas)] };
}

function decided(
  config: AutoscalerConfig,
  state: AutoscalerState,
  decision: AutoscalerDecision,
  { current, nowMs }: DecisionMoment,
): { readonly state: AutoscalerState; readonly decision: AutoscalerDecision } {
  const change = decision.desiredReplicas - current;
  return { state: change === 0 ? state : rememberScaling(config, state, change, nowMs), decision };
}

/** Returns the decision for a missing metric: nothing is changed. */
function blind(current: number, { utilization, reason, message }: Recommendation): AutoscalerDecision {
  const conditions: ScalingCondition[] = [
    { type: "AbleToScale", status: "True", reason: "SucceededGetScale", message: "the current scale was read" },
    { type: "ScalingActive", status: "False", reason, message },
  ];
  return { desiredReplicas: current, recommended: null, stabilized: null, utilization, conditions };
}

function conditionsOf(
  current: number,
  recommendation: Recommendation,
  stabilized: Stabilized,
  bounded: Bounded,
): ScalingCondition[] {
  const { reason, message } = recommendation;
  const able: ScalingCondition = {
    type: "AbleToScale",
    status: "True",
    reason: stabilized.reason,
    message: stabilized.message,
  };
  const limited = bounded.replicas === stabilized.replicas ? "False" : "True";
  return [
    bounded.replicas === current ? able : rescaled(bounded.replicas),
    { type: "ScalingActive", status: "True", reason, message },
    { type: "ScalingLimited", status: limited, reason: bounded.reason, message: bounded.message },
  ];
}

function rescaled(replicas: number): ScalingCondition {
  const message = `the target scale was set to ${replicas}`;
  return { type: "AbleToScale", status: "True", reason: "SucceededRescale", message };
}
