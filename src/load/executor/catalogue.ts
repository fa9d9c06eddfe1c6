/** Creates the executor that runs the model of a plan's schedule. The compiler demands a case for each model. */
import { scheduleOf } from "../../plan/executors.ts";
import type { SchedulePiece } from "../../plan/schedule.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch } from "../share.ts";
import { ArrivalsExecutor } from "./arrivals.ts";
import { IterationsExecutor } from "./iterations.ts";
import { UsersExecutor } from "./users.ts";

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
      return new UsersExecutor(world, epoch, pieces);
    case "arrivals":
      return new ArrivalsExecutor(world, epoch, pieces, { usersMax, usersReady });
    case "iterations":
      return new IterationsExecutor(world, epoch, pieces, { iterations, shared: schedule.shared });
  }
}
