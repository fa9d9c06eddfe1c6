import type { ParsedPlan } from "../../plan/parse.ts";
import { GamedayError, type Place } from "../../std/errors.ts";

/** What a check of a plan reads. */
export type Parsed = Pick<ParsedPlan, "plan" | "placeOf">;

/** One thing that is wrong with a plan. It is plain data; `new GamedayError(problem)` is the error for people. */
export interface PlanProblem {
  /** A stable, machine-readable name in kebab-case: "plan-missing-file". */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly place: Place;
}

/** Returns an error as a problem; `place` is for an error that has none. */
export function problemOf(error: GamedayError, place: Place): PlanProblem {
  const { code, expected, got, hint } = error;
  return { code, expected, got, ...(hint !== undefined && { hint }), place: error.place ?? place };
}

/** Calls a part that throws GamedayError if what the plan gives is wrong, and returns its problem, if there is one. */
export function problemsIn(place: Place, body: () => unknown): PlanProblem[] {
  try {
    body();
    return [];
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return [problemOf(thrown, place)];
  }
}

/** Orders problems by their lines and columns. */
export function byPlace(a: PlanProblem, b: PlanProblem): number {
  return (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0);
}
