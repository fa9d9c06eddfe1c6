/** What the executors of a number of iterations have in common. */
import { formatDuration } from "../../std/duration.ts";
import type { ExecutorKind, ExecutorOptions, LoadShape } from "../executor.ts";
import { constant } from "./area.ts";

const ITERATIONS_WITHIN_MS = 600_000;

export const ITERATIONS: Pick<ExecutorKind, "needed" | "allowed" | "instead"> = {
  needed: [],
  allowed: ["vus", "iterations", "maxDuration"],
  instead: { duration: "iterations end by themselves; maxDuration bounds them" },
};

/** The first stage gives the number of users. */
export function shapeOf({ vus = 1, iterations = 1, maxDuration }: ExecutorOptions): LoadShape {
  return { stages: constant(vus), iterations, iterationsWithinMs: maxDuration ?? ITERATIONS_WITHIN_MS };
}

export function within(ms = 0): string {
  return `within ${formatDuration(ms)} at most`;
}
