/** Sizes of a load, from its stages. */
import type { LoadPlan } from "../../plan.ts";
import { arrivalsBefore, piecesOf } from "../schedule.ts";

/** The assumed mean time between two requests of one user, since the plan does not give it: think time and answer together. */
export const CYCLE_MS_GUESS = 1_500;

/** Returns users (or arrivals a second) times seconds: along the stages, then at the last target until the end. */
export function areaOf({ stages, startTarget = 0 }: LoadPlan, loadMs: number, ramping: boolean): number {
  return arrivalsBefore(piecesOf({ stages, ramping, startTarget }), loadMs);
}

export function mostOf({ stages, startTarget = 0 }: LoadPlan): number {
  return Math.max(...stages.map(({ target }) => target), startTarget);
}

/** Returns stages in which all are present at once and held. */
export function constant(target: number): LoadPlan["stages"] {
  return [{ durationMs: 0, target }];
}
