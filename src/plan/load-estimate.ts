/** Estimates the size of a load before it is run: users, arrivals and iterations, by its executor. */
import type { LoadPlan } from "../plan.ts";
import { CYCLE_MS_GUESS } from "./executor/area.ts";
import { executorNamed, scheduleOf } from "./executors.ts";

/** Returns the time until all users or arrivals are present. */
export function rampMs(load: LoadPlan): number {
  return load.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/**
 * Estimates how long iterations take if each is one request and a pause, up to the time that they may take; returns 0 for all
 * other loads.
 */
export function iterationsMs(plan: LoadPlan): number {
  const { stages, iterations = 1, iterationsWithinMs } = plan;
  if (iterationsWithinMs === undefined) return 0;
  const schedule = scheduleOf(plan);
  const users = stages[0]?.target ?? 1;
  const rounds = schedule.model === "iterations" && schedule.shared ? Math.ceil(iterations / users) : iterations;
  return Math.min(iterationsWithinMs, rounds * CYCLE_MS_GUESS);
}

/** Describes for people what a load of this length does. */
export function describeLoad(load: LoadPlan, loadMs: number): string {
  return executorNamed(load.executor).describe(load, loadMs);
}
