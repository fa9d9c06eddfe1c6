import { executorNamed } from "./executors.ts";

/** Returns whether iterations begin when they are due (arrivals a second), not when a user is free (a closed model). */
export function isOpenModel(executor: string): boolean {
  return executorNamed(executor).schedule.model === "arrivals";
}
