/** What the executors of a closed model have in common. */
import type { LoadPlan } from "../../plan.ts";
import { formatDuration } from "../../std/duration.ts";
import type { ExecutorOptions, OptionProblem } from "../executor.ts";
import { areaOf, CYCLE_MS_GUESS, mostOf } from "./area.ts";

/** Returns the stages whose targets are not a whole number of users. */
export function brokenUsers({ stages = [] }: ExecutorOptions): OptionProblem[] {
  return stages.flatMap(({ target }, index) =>
    Number.isInteger(target) ? [] : [{ at: ["stages", index, "target"], expected: "a whole number of users" }],
  );
}

export function describeUsers(plan: LoadPlan, loadMs: number, ramping: boolean): string {
  const requests = Math.round((areaOf(plan, loadMs, ramping) * 1_000) / CYCLE_MS_GUESS);
  const guess = `about ${requests} requests (if each user makes one every ${CYCLE_MS_GUESS / 1000} s)`;
  return `${mostOf(plan)} users at most for ${formatDuration(loadMs)}, ${guess}`;
}
