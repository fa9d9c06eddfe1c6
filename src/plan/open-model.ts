/** Returns whether iterations begin when they are due (arrivals a second), not when a user is free (a closed model). */
export function isOpenModel(executor: string): boolean {
  return executor.endsWith("arrival-rate");
}
