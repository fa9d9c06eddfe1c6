import { formatDuration } from "../../plan/duration.ts";
import { scalingTimes } from "../../plan/scaling-times.ts";
import { platformKind } from "../platforms.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

/** Checks the waits for scaling: somebody must count replicas, and scaling down must be possible within the wait. */
export function checkAutoscaling(parsed: Parsed): PlanProblem[] {
  return parsed.plan.autoscaling === null ? [] : [...countedProblems(parsed), ...tailProblems(parsed)];
}

function countedProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  const kind = platformKind(plan.platform.kind);
  if (kind.tells.includes("replicas")) return [];
  return [
    {
      code: "plan-no-such-part",
      expected: "a platform that reports its replicas, to wait for autoscaling",
      got: `"${kind.name}", which does not`,
      hint: "omit `autoscaling`: no replicas would ever be reported",
      place: placeOf(["autoscaling"]),
    },
  ];
}

/** A wait shorter than the window in which an autoscaler may not scale down would certainly make its objective unknown. */
function tailProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  const { downLeastMs } = scalingTimes(plan.platform);
  if (plan.autoscaling === null || plan.autoscaling.down.withinMs >= downLeastMs) return [];
  return [
    {
      code: "plan-tail-too-short",
      expected: `autoscaling.down.within to be more than the stabilisation window of ${formatDuration(downLeastMs)}`,
      got: formatDuration(plan.autoscaling.down.withinMs),
      hint: "omit it, and the time is computed from the window",
      place: placeOf(["autoscaling", "down", "within"]),
    },
  ];
}
