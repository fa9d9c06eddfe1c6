/**
 * The autoscaler decides how many replicas there should be, by the algorithm that Kubernetes documents for its
 * HorizontalPodAutoscaler ("Algorithm details", "Configurable scaling behavior"), with the field names and conditions of
 * `autoscaling/v2`. It is pure: configuration, state, samples and the time go in, a decision and the next state come
 * out, so that a judge can compute every decision again from what was recorded.
 *
 * A *sample* is one pod as it was seen at a sync. A *recommendation* is what the metric alone asks for. *Stabilising*
 * takes the most careful recommendation of a window; *policies* limit the change per period; min and max bound it all.
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
  /** Share of the target within which nothing is done in this direction; 0.1 is Kubernetes' default. */
  readonly tolerance: number;
}

export interface AutoscalerConfig {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Target of CPU used / CPU requested, in percent, averaged over the pods. */
  readonly averageUtilization: number;
  readonly behavior: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
  /** Flags of kube-controller-manager: --horizontal-pod-autoscaler-sync-period, -cpu-initialization-period, ... */
  readonly syncPeriodSeconds: number;
  readonly cpuInitializationPeriodSeconds: number;
  readonly initialReadinessDelaySeconds: number;
}

/** One pod as it was seen at a sync. Times are milliseconds on the clock of the sync. */
export interface PodSample {
  readonly name: string;
  readonly phase: "Pending" | "Running" | "Failed";
  readonly deleting: boolean;
  readonly ready: boolean;
  /** null: not started yet, or never reported as ready or not ready. */
  readonly startedAtMs: number | null;
  readonly readyChangedAtMs: number | null;
  /** CPU requested, in thousandths of a core; null: it declares none, and then nothing can be computed. */
  readonly requestMilli: number | null;
  /** CPU used on average over the window that ended at `atMs`; null: missing. */
  readonly usage: { readonly milli: number; readonly atMs: number; readonly windowMs: number } | null;
}

export interface AutoscalerSamples {
  /** Replicas asked for now (spec.replicas), whether or not they are there. */
  readonly currentReplicas: number;
  readonly pods: readonly PodSample[];
}

export interface AutoscalerState {
  readonly recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
  /** Changes that were made: positive for more replicas, negative for fewer. */
  readonly scalings: readonly { readonly atMs: number; readonly change: number }[];
}

export interface Condition {
  readonly type: "AbleToScale" | "ScalingActive" | "ScalingLimited";
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

export interface AutoscalerDecision {
  readonly desiredReplicas: number;
  /** What the metric alone asks for, and what the windows made of it; null where no metric was looked at. */
  readonly recommended: number | null;
  readonly stabilized: number | null;
  /** Whole percent over the pods that count, rounded down as Kubernetes does; null: none. */
  readonly utilization: number | null;
  readonly conditions: readonly Condition[];
}

/** Before the first sync. */
export const INITIAL_STATE: AutoscalerState = { recommendations: [], scalings: [] };

/** One sync. Never throws: what cannot be computed is a condition, and then nothing changes. */
export function autoscalerStep(
  config: AutoscalerConfig,
  state: AutoscalerState,
  samples: AutoscalerSamples,
  nowMs: number,
): { readonly state: AutoscalerState; readonly decision: AutoscalerDecision } {
  const current = samples.currentReplicas;
  const begun = state.recommendations.length > 0 ? state : rememberRecommendation(config, state, current, nowMs);
  const bound = outOfBounds(config, current);
  if (bound !== null) return decided(config, begun, current, bound, nowMs);
  const recommendation = recommend(config, samples, nowMs);
  if (recommendation.replicas === null) return { state: begun, decision: blind(current, recommendation) };
  const stabilized = stabilize(config, begun, current, recommendation.replicas, nowMs);
  const next = rememberRecommendation(config, begun, recommendation.replicas, nowMs);
  const bounded = limit(config, begun, current, stabilized.replicas, nowMs);
  const decision: AutoscalerDecision = {
    desiredReplicas: bounded.replicas,
    recommended: recommendation.replicas,
    stabilized: stabilized.replicas,
    utilization: recommendation.utilization,
    conditions: conditionsOf(current, recommendation, stabilized, bounded),
  };
  return decided(config, next, current, decision, nowMs);
}

/** Kubernetes corrects a count outside [min, max] before it looks at any metric, and leaves a count of 0 alone. */
function outOfBounds(config: AutoscalerConfig, current: number): AutoscalerDecision | null {
  const plain = { recommended: null, stabilized: null, utilization: null };
  if (current === 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    const off: Condition = { type: "ScalingActive", status: "False", reason: "ScalingDisabled", message };
    return { ...plain, desiredReplicas: 0, conditions: [off] };
  }
  const desiredReplicas = Math.min(Math.max(current, config.minReplicas), config.maxReplicas);
  return desiredReplicas === current ? null : { ...plain, desiredReplicas, conditions: [rescaled(desiredReplicas)] };
}

function decided(
  config: AutoscalerConfig,
  state: AutoscalerState,
  current: number,
  decision: AutoscalerDecision,
  nowMs: number,
): { readonly state: AutoscalerState; readonly decision: AutoscalerDecision } {
  const change = decision.desiredReplicas - current;
  return { state: change === 0 ? state : rememberScaling(config, state, change, nowMs), decision };
}

/** Without a metric nothing is changed. */
function blind(current: number, { utilization, reason, message }: Recommendation): AutoscalerDecision {
  const conditions: Condition[] = [
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
): Condition[] {
  const { reason, message } = recommendation;
  const able: Condition = {
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

function rescaled(replicas: number): Condition {
  const message = `the target scale was set to ${replicas}`;
  return { type: "AbleToScale", status: "True", reason: "SucceededRescale", message };
}
