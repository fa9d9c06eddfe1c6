/** How far one sync may go: the policies of its direction, then min and max. */
import type { AutoscalerConfig, AutoscalerState, ScalingPolicy, ScalingRules } from "../autoscaler.ts";

export interface Bounded {
  readonly replicas: number;
  readonly reason: "DesiredWithinRange" | "ScaleUpLimit" | "ScaleDownLimit" | "TooManyReplicas" | "TooFewReplicas";
  readonly message: string;
}

const WITHIN: Omit<Bounded, "replicas"> = {
  reason: "DesiredWithinRange",
  message: "the desired count is within the acceptable range",
};

export function limit(
  config: AutoscalerConfig,
  state: AutoscalerState,
  current: number,
  wanted: number,
  nowMs: number,
): Bounded {
  if (wanted > current) return limitUp(config, state, current, wanted, nowMs);
  if (wanted < current) return limitDown(config, state, current, wanted, nowMs);
  return { replicas: wanted, ...WITHIN };
}

function limitUp(
  config: AutoscalerConfig,
  state: AutoscalerState,
  current: number,
  wanted: number,
  nowMs: number,
): Bounded {
  const rules = config.behavior.scaleUp;
  const proposals = rules.policies.map((policy) => {
    const start = current - changeWithin(state, policy, nowMs);
    return policy.type === "Pods" ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  const allowed = Math.max(
    current,
    chosen(rules, proposals, current, rules.selectPolicy === "Min" ? Math.min : Math.max),
  );
  const most = Math.min(allowed, config.maxReplicas);
  if (wanted <= most) return { replicas: wanted, ...WITHIN };
  return allowed < config.maxReplicas
    ? { replicas: most, reason: "ScaleUpLimit", message: "the desired count rises faster than the maximum scale rate" }
    : { replicas: most, reason: "TooManyReplicas", message: "the desired count is more than the maximum" };
}

function limitDown(
  config: AutoscalerConfig,
  state: AutoscalerState,
  current: number,
  wanted: number,
  nowMs: number,
): Bounded {
  const rules = config.behavior.scaleDown;
  const proposals = rules.policies.map((policy) => {
    const start = current - changeWithin(state, policy, nowMs);
    return policy.type === "Pods" ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  const allowed = Math.min(
    current,
    chosen(rules, proposals, current, rules.selectPolicy === "Min" ? Math.max : Math.min),
  );
  const fewest = Math.max(allowed, config.minReplicas);
  if (wanted >= fewest) return { replicas: wanted, ...WITHIN };
  return allowed > config.minReplicas
    ? {
        replicas: fewest,
        reason: "ScaleDownLimit",
        message: "the desired count falls faster than the maximum scale rate",
      }
    : { replicas: fewest, reason: "TooFewReplicas", message: "the desired count is less than the minimum" };
}

function chosen(
  rules: ScalingRules,
  proposals: readonly number[],
  current: number,
  choose: (...values: number[]) => number,
): number {
  return rules.selectPolicy === "Disabled" || proposals.length === 0 ? current : choose(...proposals);
}

/** Net change of the policy's period: what was there at its begin is the current count less this. */
function changeWithin(state: AutoscalerState, { periodSeconds }: ScalingPolicy, nowMs: number): number {
  const recent = state.scalings.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1_000);
  return recent.reduce((sum, { change }) => sum + change, 0);
}
