/** Limits the change of one sync, by the policies of its direction and then by min and max. */
import type { AutoscalerConfig, AutoscalerState, DecisionMoment, ScalingPolicy, ScalingRules } from "../autoscaler.ts";

export interface Bounded {
  readonly replicas: number;
  readonly reason: "DesiredWithinRange" | "ScaleUpLimit" | "ScaleDownLimit" | "TooManyReplicas" | "TooFewReplicas";
  readonly message: string;
}

const WITHIN: Omit<Bounded, "replicas"> = {
  reason: "DesiredWithinRange",
  message: "the desired count is within the acceptable range",
};

/** The differences between the two directions; the rest of the algorithm is the same for both. */
interface Direction {
  readonly sign: 1 | -1;
  rulesOf(config: AutoscalerConfig): ScalingRules;
  boundOf(config: AutoscalerConfig): number;
  /** Returns the count that a percentage policy allows from `start`, rounded towards the larger change as in Kubernetes. */
  byPercent(start: number, percent: number): number;
  /** Returns the count with the larger change; `nearer` returns the one with the smaller change. */
  further(...counts: number[]): number;
  nearer(...counts: number[]): number;
  readonly tooFast: Pick<Bounded, "reason" | "message">;
  readonly outOfBounds: Pick<Bounded, "reason" | "message">;
}

const UP: Direction = {
  sign: 1,
  rulesOf: (config) => config.behavior.scaleUp,
  boundOf: (config) => config.maxReplicas,
  byPercent: (start, percent) => Math.ceil(start * (1 + percent / 100)),
  further: Math.max,
  nearer: Math.min,
  tooFast: { reason: "ScaleUpLimit", message: "the desired count rises faster than the maximum scale rate" },
  outOfBounds: { reason: "TooManyReplicas", message: "the desired count is more than the maximum" },
};

const DOWN: Direction = {
  sign: -1,
  rulesOf: (config) => config.behavior.scaleDown,
  boundOf: (config) => config.minReplicas,
  byPercent: (start, percent) => Math.trunc(start * (1 - percent / 100)),
  further: Math.min,
  nearer: Math.max,
  tooFast: { reason: "ScaleDownLimit", message: "the desired count falls faster than the maximum scale rate" },
  outOfBounds: { reason: "TooFewReplicas", message: "the desired count is less than the minimum" },
};

export function limit(
  config: AutoscalerConfig,
  state: AutoscalerState,
  wanted: number,
  moment: DecisionMoment,
): Bounded {
  const { current } = moment;
  if (wanted === current) return { replicas: wanted, ...WITHIN };
  const direction = wanted > current ? UP : DOWN;
  const allowed = allowedBy(direction, config, state, moment);
  const bound = direction.boundOf(config);
  const furthest = direction.nearer(allowed, bound);
  if (direction.nearer(wanted, furthest) === wanted) return { replicas: wanted, ...WITHIN };
  const policiesDecide = allowed !== bound && furthest === allowed;
  return { replicas: furthest, ...(policiesDecide ? direction.tooFast : direction.outOfBounds) };
}

/** Returns the furthest count that the policies of the direction allow; it never lies behind the current count. */
function allowedBy(
  direction: Direction,
  config: AutoscalerConfig,
  state: AutoscalerState,
  { current, nowMs }: DecisionMoment,
): number {
  const rules = direction.rulesOf(config);
  if (rules.selectPolicy === "Disabled" || rules.policies.length === 0) return current;
  const proposals = rules.policies.map((policy) => {
    const start = current - changeWithin(state, policy, nowMs);
    return policy.type === "Pods" ? start + direction.sign * policy.value : direction.byPercent(start, policy.value);
  });
  const choose = rules.selectPolicy === "Min" ? direction.nearer : direction.further;
  return direction.further(current, choose(...proposals));
}

/** Returns the net change within the policy's period; the count at the start of the period is the current count minus this. */
function changeWithin(state: AutoscalerState, { periodSeconds }: ScalingPolicy, nowMs: number): number {
  const recent = state.scalings.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1_000);
  return recent.reduce((sum, { change }) => sum + change, 0);
}
