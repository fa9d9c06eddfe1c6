import { parseThreshold } from "../../objective/threshold.ts";
import { type Parsed, type PlanProblem, problemsIn } from "./problem.ts";

/**
 * Checks the load. A threshold that cannot be judged, or a load that has ended when the faults are injected, would prove
 * nothing.
 */
export function checkLoad(parsed: Parsed): PlanProblem[] {
  return [...thresholdProblems(parsed), ...goneProblems(parsed), ...podsProblems(parsed)];
}

function thresholdProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  return Object.entries(plan.load.thresholds).flatMap(([metric, expressions]) =>
    expressions.flatMap((expression, index) =>
      problemsIn(placeOf(["load", "thresholds", metric, index]), () => parseThreshold(`${metric}: ${expression}`)),
    ),
  );
}

function goneProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  const last = plan.load.stages.length - 1;
  if (plan.load.stages[last]?.target !== 0 || plan.experiments.length === 0) return [];
  return [
    {
      code: "plan-load-gone",
      expected: "a load that lasts while faults are injected",
      got: "a last stage with target 0, which is held through all experiments",
      hint: "omit the ramp-down: the load ends by itself after the last experiment",
      place: placeOf(["load", "stages", last, "target"]),
    },
  ];
}

/** Workers in pods need an image: the load's own, or that of a platform on Kubernetes. */
function podsProblems({ plan: { load, platform }, placeOf }: Parsed): PlanProblem[] {
  if (load.pods === undefined || load.pods.image !== undefined || platform["image"] !== undefined) return [];
  return [
    {
      code: "plan-pods-no-image",
      expected: "load.pods.image, or platform.image of a platform on Kubernetes: the image that the workers' pods run",
      got: "neither",
      place: placeOf(["load", "pods"]),
    },
  ];
}
