import { FAULTS, faultNamed } from "../../fault/catalogue.ts";
import { resolveParameters } from "../../fault/parameter.ts";
import { requireComposable } from "../../fault/together.ts";
import type { ExperimentPlan } from "../../plan.ts";
import type { Place } from "../../std/errors.ts";
import { platformKind } from "../platforms.ts";
import { type Parsed, type PlanProblem, problemsIn } from "./problem.ts";

/** Checks each experiment: its name, its fault and parameters, what the platform can do, and whether it may be in a group. */
export function checkExperiments(parsed: Parsed): PlanProblem[] {
  const { plan, placeOf } = parsed;
  return plan.experiments.flatMap((experiment, index) => {
    const place = (key: string) => placeOf(["experiments", index, key]);
    const isFirst = plan.experiments.findIndex(({ name }) => name === experiment.name) === index;
    return [
      ...(isFirst ? [] : [twice(experiment.name, place("name"))]),
      ...faultProblems(experiment, place),
      ...lackingProblems(parsed, experiment, place("fault")),
      ...groupProblems(experiment, place("fault")),
    ];
  });
}

function twice(name: string, place: Place): PlanProblem {
  return { code: "plan-duplicate", expected: "experiments with distinct names", got: `"${name}" twice`, place };
}

function faultProblems({ fault, parameters }: ExperimentPlan, place: (key: string) => Place): PlanProblem[] {
  const unknown = problemsIn(place("fault"), () => faultNamed(fault));
  return unknown.length > 0
    ? unknown
    : problemsIn(place("with"), () => resolveParameters(faultNamed(fault), parameters));
}

/** Requires a platform with all capabilities that the experiment needs. */
function lackingProblems({ plan }: Parsed, { fault, insideProbes }: ExperimentPlan, place: Place): PlanProblem[] {
  const kind = platformKind(plan.platform.kind);
  const needs = FAULTS.find(({ name }) => name === fault)?.needs ?? [];
  const lacking: string[] = needs.filter((need) => !kind.capabilities.includes(need));
  if (insideProbes !== undefined && kind.inside !== true) lacking.push("insideProbes");
  if (lacking.length === 0) return [];
  return [
    {
      code: "fault-not-supported",
      expected: `a platform that supports what "${fault}" needs`,
      got: `"${kind.name}", which does not support: ${lacking.join(", ")}`,
      hint: "`gameday faults` lists which faults each platform supports",
      place,
    },
  ];
}

function groupProblems({ fault, together, insideProbes }: ExperimentPlan, place: Place): PlanProblem[] {
  const kind = FAULTS.find(({ name }) => name === fault);
  if (together === undefined || kind === undefined) return [];
  const alone = problemsIn(place, () => requireComposable(kind));
  if (insideProbes === undefined) return alone;
  const inside: PlanProblem = {
    code: "plan-inside-together",
    expected: "insideProbes at an experiment outside any group",
    got: "one in a group",
    hint: "the writes of a client inside a node could not be attributed to one of several faults",
    place,
  };
  return [...alone, inside];
}
