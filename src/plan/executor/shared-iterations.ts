import type { ExecutorKind } from "../executor.ts";
import { ITERATIONS, shapeOf, within } from "./iterations.ts";

export const sharedIterations: ExecutorKind = {
  name: "shared-iterations",
  schedule: { model: "iterations", shared: true, ramping: false },
  ...ITERATIONS,
  contradictions: ({ vus = 1, iterations = 1 }) =>
    iterations >= vus ? [] : [{ at: ["iterations"], expected: `at least one iteration for each of ${vus} users` }],
  shape: shapeOf,
  describe: ({ stages, iterations = 1, iterationsWithinMs }) =>
    `${iterations} iterations shared by ${stages[0]?.target ?? 1} users, ${within(iterationsWithinMs)}`,
};
