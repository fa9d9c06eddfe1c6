/** Estimates the size of a load before it is run: users, arrivals and iterations, by its executor. */
import type { LoadPlan } from "../plan.ts";
import { formatDuration } from "./duration.ts";
import { isOpenModel } from "./open-model.ts";

/** The assumed mean time between two requests of one user, since the plan does not give it: think time and answer together. */
export const CYCLE_MS_GUESS = 1_500;

/** Returns the time until all users or arrivals are present. */
export function rampMs(load: LoadPlan): number {
  return load.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/**
 * Estimates how long iterations take if each is one request and a pause, up to the time that they may take; returns 0 for all
 * other loads.
 */
export function iterationsMs({ executor, stages, iterations = 1, iterationsWithinMs }: LoadPlan): number {
  if (iterationsWithinMs === undefined) return 0;
  const users = stages[0]?.target ?? 1;
  const rounds = executor === "shared-iterations" ? Math.ceil(iterations / users) : iterations;
  return Math.min(iterationsWithinMs, rounds * CYCLE_MS_GUESS);
}

/** Describes for people what a load of this length does. */
export function describeLoad(load: LoadPlan, loadMs: number): string {
  if (isOpenModel(load.executor)) return describeArrivals(load, loadMs);
  if (load.executor.endsWith("iterations")) return describeIterations(load);
  const most = Math.max(...load.stages.map(({ target }) => target), load.startTarget ?? 0);
  const requests = Math.round((areaOf(load, loadMs) * 1_000) / CYCLE_MS_GUESS);
  const guess = `some ${requests} requests (if a user makes one each ${CYCLE_MS_GUESS / 1000} s)`;
  return `${most} users at most for ${formatDuration(loadMs)}, ${guess}`;
}

function describeArrivals(load: LoadPlan, loadMs: number): string {
  const most = Math.max(...load.stages.map(({ target }) => target), load.startTarget ?? 0);
  const users = `users as they are needed${load.usersMax === undefined ? "" : `, at most ${load.usersMax}`}`;
  const iterations = Math.round(areaOf(load, loadMs));
  return `${number(most)} iterations/s at most for ${formatDuration(loadMs)}, ${iterations} iterations in all; ${users}`;
}

function describeIterations({ executor, stages, iterations = 1, iterationsWithinMs = 0 }: LoadPlan): string {
  const users = stages[0]?.target ?? 1;
  const within = `within ${formatDuration(iterationsWithinMs)} at most`;
  if (executor === "shared-iterations") return `${iterations} iterations shared by ${users} users, ${within}`;
  return `${users} users with ${iterations} iterations each, ${users * iterations} in all, ${within}`;
}

/** Returns users (or arrivals a second) times seconds: along the stages, then at the last target until the end. */
function areaOf({ executor, stages, startTarget = 0 }: LoadPlan, loadMs: number): number {
  const ramps = executor.startsWith("ramping-");
  let [area, atMs, level] = [0, 0, startTarget];
  for (const { durationMs, target } of stages) {
    area += (((ramps ? level : target) + target) / 2) * durationMs;
    atMs += durationMs;
    level = target;
  }
  return (area + level * Math.max(0, loadMs - atMs)) / 1000;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
