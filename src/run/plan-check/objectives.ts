import { measureNamed } from "../../objective/catalogue.ts";
import { validateObjectives } from "../../objective/validate.ts";
import { platformKind } from "../platforms.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

/** Checks the objectives: ids of their own, measures that exist and that the platform reports, and bounds that can be judged. */
export function checkObjectives(parsed: Parsed): PlanProblem[] {
  const { plan, placeOf } = parsed;
  const complaints = validateObjectives(plan).map(({ id, index, at, expected, got, hint }) => ({
    code: "plan-objective",
    expected: `objective "${id}" to have ${expected}`,
    got,
    hint,
    place: placeOf(["objectives", index, ...at.split(".")]),
  }));
  return [...idProblems(parsed), ...watchedProblems(parsed), ...complaints];
}

/** Requires unique ids: comparing runs and reading a report need them. */
function idProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  return plan.objectives.flatMap(({ id }, index) => {
    if (plan.objectives.findIndex((other) => other.id === id) === index) return [];
    const expected = "objectives with distinct ids";
    return [{ code: "plan-duplicate", expected, got: `"${id}" twice`, place: placeOf(["objectives", index, "id"]) }];
  });
}

/** Requires a platform that reports what a measure counts. */
function watchedProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  const { tells } = platformKind(plan.platform.kind);
  return plan.objectives.flatMap(({ measure }, index) => {
    const watched = measureNamed(measure)?.watches;
    if (watched === undefined || tells.includes(watched)) return [];
    return [
      {
        code: "plan-objective",
        expected: `a platform that reports ${watched}, for the measure ${measure}`,
        got: `"${plan.platform.kind}", which does not`,
        hint: "without such reports nothing would ever be counted, and nothing proven",
        place: placeOf(["objectives", index, "measure"]),
      },
    ];
  });
}
