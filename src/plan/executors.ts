/** All executors by name. */
import type { LoadPlan } from "../plan.ts";
import { GamedayError } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { constantArrivalRate } from "./executor/constant-arrival-rate.ts";
import { constantVus } from "./executor/constant-vus.ts";
import { perVuIterations } from "./executor/per-vu-iterations.ts";
import { rampingArrivalRate } from "./executor/ramping-arrival-rate.ts";
import { rampingVus } from "./executor/ramping-vus.ts";
import { sharedIterations } from "./executor/shared-iterations.ts";
import type { ExecutorKind, Schedule } from "./executor.ts";
import type { StagePlan } from "./schedule.ts";

export const EXECUTORS: readonly ExecutorKind[] = [
  constantVus,
  rampingVus,
  constantArrivalRate,
  rampingArrivalRate,
  perVuIterations,
  sharedIterations,
];

const BY_NAME: ReadonlyMap<string, ExecutorKind> = new Map(EXECUTORS.map((kind) => [kind.name, kind]));

/** Returns the executor of that name. Throws GamedayError for an unknown name. */
export function executorNamed(name: string): ExecutorKind {
  const kind = BY_NAME.get(name);
  if (kind !== undefined) return kind;
  throw new GamedayError({
    code: "unknown-executor",
    expected: "an executor by k6's name",
    got: `"${name}"`,
    hint: suggestion(name, [...BY_NAME.keys()]),
  });
}

/** Returns what the users of a load do over time. Throws GamedayError for an unknown executor. */
export function scheduleOf({ executor }: Pick<LoadPlan, "executor">): Schedule {
  return executorNamed(executor).schedule;
}

/** Returns the plan's stages, either constant at each stage's target or with straight lines between targets. */
export function stagePlanOf(plan: Pick<LoadPlan, "executor" | "stages" | "startTarget">): StagePlan {
  return { stages: plan.stages, ramping: scheduleOf(plan).ramping, startTarget: plan.startTarget ?? 0 };
}
