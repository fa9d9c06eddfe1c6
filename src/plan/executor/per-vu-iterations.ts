import type { ExecutorKind } from "../executor.ts";
import { ITERATIONS, shapeOf, within } from "./iterations.ts";

export const perVuIterations: ExecutorKind = {
  name: "per-vu-iterations",
  schedule: { model: "iterations", shared: false, ramping: false },
  ...ITERATIONS,
  contradictions: () => [],
  shape: shapeOf,
  describe: ({ stages, iterations = 1, iterationsWithinMs }) => {
    const users = stages[0]?.target ?? 1;
    return `${users} users with ${iterations} iterations each, ${users * iterations} in all, ${within(iterationsWithinMs)}`;
  },
};
