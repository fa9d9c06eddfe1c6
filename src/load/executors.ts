/** The executors there are, by k6's names. */
import type { LoadPlan } from "../plan.ts";
import { GamedayError } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import type { Executor, ExecutorWorld } from "./executor.ts";
import { VusExecutor } from "./executors/vus.ts";
import type { Piece, StagePlan } from "./schedule.ts";
import type { Epoch } from "./share.ts";

type Create = (world: ExecutorWorld, epoch: Epoch, pieces: readonly Piece[], plan: LoadPlan) => Executor;

const EXECUTORS: Readonly<Record<string, Create>> = {
  "constant-vus": (world, epoch, pieces) => new VusExecutor(world, epoch, pieces),
  "ramping-vus": (world, epoch, pieces) => new VusExecutor(world, epoch, pieces),
};

export const EXECUTOR_NAMES: readonly string[] = Object.keys(EXECUTORS);

export function createExecutor(plan: LoadPlan, world: ExecutorWorld, epoch: Epoch, pieces: readonly Piece[]): Executor {
  const create = EXECUTORS[plan.executor];
  if (create !== undefined) return create(world, epoch, pieces, plan);
  throw new GamedayError({
    code: "unknown-executor",
    expected: "an executor by k6's name",
    got: `"${plan.executor}"`,
    hint: suggestion(plan.executor, EXECUTOR_NAMES),
  });
}

/** How the plan's stages are meant: constant at each stage's target, or straight lines between targets. */
export function stagePlanOf(plan: LoadPlan): StagePlan {
  return { stages: plan.stages, ramping: plan.executor.startsWith("ramping-"), startTarget: 0 };
}
