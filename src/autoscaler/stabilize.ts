/** Chooses the most cautious recommendation of each direction's window, so that a short dip or peak changes nothing. */
import type { AutoscalerConfig, AutoscalerState, DecisionMoment } from "../autoscaler.ts";

export interface Stabilized {
  readonly replicas: number;
  readonly reason: "ReadyForNewScale" | "ScaleUpStabilized" | "ScaleDownStabilized";
  readonly message: string;
}

/** Scales up at most to the lowest recommendation of the scale-up window, down at most to the highest of the scale-down window. */
export function stabilize(
  config: AutoscalerConfig,
  state: AutoscalerState,
  recommended: number,
  { current, nowMs }: DecisionMoment,
): Stabilized {
  const within = (seconds: number) =>
    state.recommendations.filter(({ atMs }) => atMs > nowMs - seconds * 1_000).map(({ replicas }) => replicas);
  const { scaleUp, scaleDown } = config.behavior;
  const lowest = Math.min(recommended, ...within(scaleUp.stabilizationWindowSeconds));
  const highest = Math.max(recommended, ...within(scaleDown.stabilizationWindowSeconds));
  const replicas = Math.min(Math.max(current, lowest), highest);
  if (replicas === recommended) {
    return { replicas, reason: "ReadyForNewScale", message: "recommended size matches current size" };
  }
  return recommended >= current
    ? { replicas, reason: "ScaleUpStabilized", message: "a recent recommendation was lower than the current one" }
    : { replicas, reason: "ScaleDownStabilized", message: "a recent recommendation was higher than the current one" };
}

/** Adds a recommendation, and removes those that are older than any window. */
export function rememberRecommendation(
  config: AutoscalerConfig,
  state: AutoscalerState,
  replicas: number,
  nowMs: number,
): AutoscalerState {
  const { scaleUp, scaleDown } = config.behavior;
  const keptMs = Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds) * 1_000;
  const kept = state.recommendations.filter(({ atMs }) => atMs >= nowMs - keptMs);
  return { ...state, recommendations: [...kept, { atMs: nowMs, replicas }] };
}

/** Adds a change that was made, and removes those that are older than the period of any policy. */
export function rememberScaling(
  config: AutoscalerConfig,
  state: AutoscalerState,
  change: number,
  nowMs: number,
): AutoscalerState {
  const policies = [...config.behavior.scaleUp.policies, ...config.behavior.scaleDown.policies];
  const keptMs = Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds)) * 1_000;
  const kept = state.scalings.filter(({ atMs }) => atMs >= nowMs - keptMs);
  return { ...state, scalings: [...kept, { atMs: nowMs, change }] };
}
