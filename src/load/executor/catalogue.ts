/** Creates the executor of a plan. What a plan says of each is in src/plan/executor/. */
import { scheduleOf } from "../../plan/executors.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch } from "../share.ts";
import type { SchedulePiece, StagePlan } from "../time/schedule.ts";
import { ArrivalsExecutor } from "./arrivals.ts";
import { IterationsExecutor } from "./iterations.ts";
import { VusExecutor } from "./vus.ts";

/** The default of the most users at once in the whole run, for open models. */
const USERS_MAX = 20_000;

/** Throws GamedayError for an unknown executor. */
export function createExecutor(
  plan: LoadPlan,
  world: ExecutorWorld,
  epoch: Epoch,
  pieces: readonly SchedulePiece[],
): Executor {
  const { usersMax = USERS_MAX, usersReady = 0, iterations = 1 } = plan;
  const schedule = scheduleOf(plan);
  switch (schedule.model) {
    case "users":
      return new VusExecutor(world, epoch, pieces);
    case "arrivals":
      return new ArrivalsExecutor(world, epoch, pieces, { usersMax, usersReady });
    case "iterations":
      return new IterationsExecutor(world, epoch, pieces, { iterations, shared: schedule.shared });
  }
}

/** Returns the plan's stages, either constant at each stage's target or with straight lines between targets. */
export function stagePlanOf(plan: LoadPlan): StagePlan {
  return { stages: plan.stages, ramping: scheduleOf(plan).ramping, startTarget: plan.startTarget ?? 0 };
}
