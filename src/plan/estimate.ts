import type { Plan } from "../plan.ts";
import { iterationsMs, rampMs } from "./load-estimate.ts";
import { scalingTimes } from "./scaling-times.ts";

/** Boot, health checks and reports around the load; measured on the lab with 2 cores. */
const AROUND_MS = 45_000;
/** What a fault usually takes beyond its hold, until the platform is healthy again. */
const RECOVERY_MS = 20_000;

export interface Estimate {
  /** The whole run, from the command to the verdict. */
  readonly durationMs: number;
  /** The part of it in which users are active. */
  readonly loadMs: number;
}

/** Estimates how long a plan takes, if the platform recovers and scales as fast as most do. */
export function estimate(plan: Plan): Estimate {
  const experimentsMs = sum([...groupsOf(plan)].map(durationOf));
  const times = scalingTimes(plan.platform);
  const upMs = Math.min(plan.autoscaling?.up.withinMs ?? 0, times.upMs / 2);
  const downMs = Math.min(plan.autoscaling?.down.withinMs ?? 0, times.downMs);
  const steadyMs = plan.warmUpMs + upMs + experimentsMs + plan.calmMs;
  const stays = [steadyMs, plan.plateauMs ?? 0, plan.load.holdMs ?? 0, iterationsMs(plan.load)];
  const loadMs = rampMs(plan.load) + Math.max(...stays);
  const ledgerMs = plan.claims.length === 0 ? 0 : plan.ledger.quietMs + plan.ledger.betweenReadsMs;
  return { durationMs: AROUND_MS + loadMs + downMs + ledgerMs, loadMs };
}

/** Groups the experiments: those that are injected together last as long as the longest of them. */
function groupsOf({ experiments }: Plan): Iterable<Plan["experiments"]> {
  return Map.groupBy(experiments, (experiment) => experiment.together ?? experiment).values();
}

function durationOf(group: Plan["experiments"]): number {
  return (
    Math.max(...group.map(({ holdMs }) => holdMs)) + RECOVERY_MS + Math.max(...group.map(({ settleMs }) => settleMs))
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
