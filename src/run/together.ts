/** Decides which experiments of a plan are injected at the same moment, and whether that is allowed. */
import { type Choosing, requestsOf } from "../fault/choice.ts";
import { assertWithin, blastRadiusOf } from "../fault/selector.ts";
import { requireApart } from "../fault/together.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";

/** Returns the plan's experiments in the order in which they begin; those of one group are one entry. */
export function groupsOf(experiments: readonly ExperimentPlan[]): ExperimentPlan[][] {
  const groups: ExperimentPlan[][] = [];
  for (const experiment of experiments) {
    const last = groups.at(-1);
    const { together } = experiment;
    if (together !== undefined && last?.[0]?.together === together) last.push(experiment);
    else groups.push([experiment]);
  }
  return groups;
}

/**
 * Throws if two experiments would make the same kind of change to one target, or if all together would hit more than each of
 * them may.
 */
export function requireFit(group: readonly ExperimentPlan[], topology: readonly Target[], choosing: Choosing): void {
  const requests = group.flatMap((experiment) => requestsOf(experiment, choosing, topology));
  requireApart(requests);
  const hit = requests.map(({ target }) => target);
  for (const { blastRadius } of group) assertWithin(blastRadiusOf(blastRadius), hit, topology);
}
