import { type Choosing, requestsOf } from "../../fault/choice.ts";
import type { ChangeRequest } from "../../fault.ts";
import type { ExperimentPlan } from "../../plan.ts";
import type { Target } from "../../platform.ts";
import { groupsOf, requireFit } from "../together.ts";
import { type Parsed, type PlanProblem, problemsIn } from "./problem.ts";

/** The changes that an experiment would make first, on which targets. */
export interface PlannedExperiment {
  readonly experiment: ExperimentPlan;
  readonly requests: readonly ChangeRequest[];
}

export interface PlannedTargets {
  readonly experiments: readonly PlannedExperiment[];
  readonly problems: readonly PlanProblem[];
}

/**
 * Chooses the targets of each experiment as a run with this seed does, if the topology then is the given one. The plan's text must
 * be valid (checkPlan).
 */
export function checkTargets(parsed: Parsed, topology: readonly Target[], choosing: Choosing): PlannedTargets {
  const { plan, placeOf } = parsed;
  const experiments: PlannedExperiment[] = [];
  const problems = plan.experiments.flatMap((experiment, index) =>
    problemsIn(placeOf(["experiments", index]), () => {
      experiments.push({ experiment, requests: requestsOf(experiment, choosing, topology) });
    }),
  );
  // A group cannot fit if one of its experiments has no targets, which is said already.
  const further = problems.length > 0 || topology.length === 0 ? [] : groupProblems(parsed, topology, choosing);
  return { experiments, problems: [...problems, ...further] };
}

/** Requires the experiments of each group to fit together on their targets. */
function groupProblems({ plan, placeOf }: Parsed, topology: readonly Target[], choosing: Choosing): PlanProblem[] {
  const groups = groupsOf(plan.experiments).filter(({ length }) => length > 1);
  return groups.flatMap((group) => {
    const index = plan.experiments.findIndex(({ name }) => name === group[0]?.name);
    return problemsIn(placeOf(["experiments", index]), () => requireFit(group, topology, choosing));
  });
}
