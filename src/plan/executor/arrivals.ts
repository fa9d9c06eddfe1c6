/** What the executors of an open model have in common. */
import type { LoadPlan } from "../../plan.ts";
import { formatDuration } from "../../std/duration.ts";
import type { ExecutorOptions, LoadShape, OptionProblem } from "../executor.ts";
import { areaOf, mostOf } from "./area.ts";

/** Returns contradictions between the options of users, and a unit of time of length zero. */
export function brokenArrivals({ preAllocatedVUs, maxVUs, timeUnit }: ExecutorOptions): OptionProblem[] {
  const isBelow = preAllocatedVUs !== undefined && maxVUs !== undefined && maxVUs < preAllocatedVUs;
  return [
    ...(isBelow ? [{ at: ["maxVUs"], expected: `at least preAllocatedVUs (${preAllocatedVUs})` }] : []),
    ...(timeUnit === 0 ? [{ at: ["timeUnit"], expected: "a time above 0" }] : []),
  ];
}

/** Returns how a count in each `timeUnit` becomes one a second. */
export function perSecond({ timeUnit = 1_000 }: ExecutorOptions): (count: number) => number {
  return (count) => (count * 1_000) / timeUnit;
}

export function usersOf({ preAllocatedVUs, maxVUs }: ExecutorOptions): Pick<LoadShape, "usersReady" | "usersMax"> {
  return {
    ...(preAllocatedVUs === undefined ? {} : { usersReady: preAllocatedVUs }),
    ...(maxVUs === undefined ? {} : { usersMax: maxVUs }),
  };
}

export function describeArrivals(plan: LoadPlan, loadMs: number, ramping: boolean): string {
  const users = `users as they are needed${plan.usersMax === undefined ? "" : `, at most ${plan.usersMax}`}`;
  const iterations = Math.round(areaOf(plan, loadMs, ramping));
  const most = String(Number(mostOf(plan).toPrecision(4)));
  return `${most} iterations/s at most for ${formatDuration(loadMs)}, ${iterations} iterations in all; ${users}`;
}
