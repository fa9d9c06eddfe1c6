/** What the verdict says of the writes around each experiment, summed over all objects that acked-set checked. */
import type { Finding } from "../checker.ts";
import { ackedSet } from "./acked-set.ts";
import { NO_WRITES, type Writes } from "./tally.ts";

/**
 * Writes by experiment, from the acked-set findings. Counts add up over objects, `rpoMs` is the worst. An experiment
 * that no finding speaks of is absent: then nothing is known of its writes.
 */
export function writesByExperiment(findings: readonly Finding[]): Map<string, Writes> {
  const sums = new Map<string, Writes>();
  for (const { checker, byExperiment } of findings) {
    if (checker !== ackedSet.name) continue;
    for (const [experiment, figures] of Object.entries(byExperiment ?? {})) {
      sums.set(experiment, sum(sums.get(experiment) ?? NO_WRITES, figures));
    }
  }
  return sums;
}

function sum(before: Readonly<Writes>, figures: Readonly<Record<string, number>>): Writes {
  const after = { ...before };
  for (const name of Object.keys(NO_WRITES) as (keyof Writes)[]) after[name] += figures[name] ?? 0;
  after.rpoMs = Math.max(before.rpoMs, figures["rpoMs"] ?? 0);
  return after;
}
