/** All executors by name; the names are those of k6. */
import type { LoadPlan } from "../../plan.ts";
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch } from "../share.ts";
import type { SchedulePiece, StagePlan } from "../time/schedule.ts";
import { ArrivalsExecutor } from "./arrivals.ts";
import { IterationsExecutor } from "./iterations.ts";
import { VusExecutor } from "./vus.ts";

type Create = (world: ExecutorWorld, epoch: Epoch, pieces: readonly SchedulePiece[], plan: LoadPlan) => Executor;

const EXECUTORS: Readonly<Record<string, Create>> = {
  "constant-vus": (world, epoch, pieces) => new VusExecutor(world, epoch, pieces),
  "ramping-vus": (world, epoch, pieces) => new VusExecutor(world, epoch, pieces),
  "constant-arrival-rate": arrivals,
  "ramping-arrival-rate": arrivals,
  "per-vu-iterations": (world, epoch, pieces, plan) => iterations(world, epoch, pieces, plan, false),
  "shared-iterations": (world, epoch, pieces, plan) => iterations(world, epoch, pieces, plan, true),
};

/** The default of the most users at once in the whole run, for open models. */
const USERS_MAX = 20_000;

function arrivals(world: ExecutorWorld, epoch: Epoch, pieces: readonly SchedulePiece[], plan: LoadPlan): Executor {
  const { usersMax = USERS_MAX, usersReady = 0 } = plan;
  return new ArrivalsExecutor(world, epoch, pieces, { usersMax, usersReady });
}

function iterations(
  world: ExecutorWorld,
  epoch: Epoch,
  pieces: readonly SchedulePiece[],
  plan: LoadPlan,
  shared: boolean,
): Executor {
  return new IterationsExecutor(world, epoch, pieces, { iterations: plan.iterations ?? 1, shared });
}

export const EXECUTOR_NAMES: readonly string[] = Object.keys(EXECUTORS);

export function createExecutor(
  plan: LoadPlan,
  world: ExecutorWorld,
  epoch: Epoch,
  pieces: readonly SchedulePiece[],
): Executor {
  const create = EXECUTORS[plan.executor];
  if (create !== undefined) return create(world, epoch, pieces, plan);
  throw new GamedayError({
    code: "unknown-executor",
    expected: "an executor by k6's name",
    got: `"${plan.executor}"`,
    hint: suggestion(plan.executor, EXECUTOR_NAMES),
  });
}

/** Returns the plan's stages, either constant at each stage's target or with straight lines between targets. */
export function stagePlanOf(plan: LoadPlan): StagePlan {
  return { stages: plan.stages, ramping: plan.executor.startsWith("ramping-"), startTarget: plan.startTarget ?? 0 };
}
