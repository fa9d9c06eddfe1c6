/** What a plan must know of an executor. executor/ has a file for each; their names are those of k6. */
import type { LoadPlan } from "../plan.ts";

/** The options of `load` in a plan that belong to executors. Times are in milliseconds. */
export interface ExecutorOptions {
  readonly vus?: number | undefined;
  readonly rampUp?: number | undefined;
  readonly duration?: number | undefined;
  readonly stages?: readonly { readonly duration: number; readonly target: number }[] | undefined;
  readonly startVUs?: number | undefined;
  readonly rate?: number | undefined;
  readonly startRate?: number | undefined;
  readonly timeUnit?: number | undefined;
  readonly preAllocatedVUs?: number | undefined;
  readonly maxVUs?: number | undefined;
  readonly iterations?: number | undefined;
  readonly maxDuration?: number | undefined;
}

export type ExecutorOption = keyof ExecutorOptions;

/** What an executor's options become in a plan. */
export type LoadShape = Pick<
  LoadPlan,
  "stages" | "startTarget" | "iterations" | "iterationsWithinMs" | "usersMax" | "usersReady" | "holdMs"
>;

/** What users do over time. */
export type Schedule =
  /** A number of users, each looping with its own pauses (a closed model). */
  | { readonly model: "users"; readonly ramping: boolean }
  /** Iterations a second that begin when they are due (an open model). */
  | { readonly model: "arrivals"; readonly ramping: boolean }
  /** A number of iterations, of each user or of all together. */
  | { readonly model: "iterations"; readonly shared: boolean; readonly ramping: false };

/** An option that contradicts others. */
export interface OptionProblem {
  readonly at: (string | number)[];
  /** What the option should be, in words that follow "to be". */
  readonly expected: string;
  /** What it is, if its value does not show that. */
  readonly got?: string;
}

export interface ExecutorKind {
  readonly name: string;
  readonly schedule: Schedule;
  readonly needed: readonly ExecutorOption[];
  readonly allowed: readonly ExecutorOption[];
  /** Hints for options of other executors, which the author probably meant. */
  readonly instead: Readonly<Partial<Record<ExecutorOption, string>>>;
  contradictions(options: ExecutorOptions): OptionProblem[];
  shape(options: ExecutorOptions): LoadShape;
  /** Describes for people what a load of this length does. */
  describe(plan: LoadPlan, loadMs: number): string;
}
