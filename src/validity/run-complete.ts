import type { ExperimentPlan } from "../plan.ts";
import { atSeconds, type Ground, rule } from "./rule.ts";

/** All that was planned was done; what was not done cannot have passed. */
export const runComplete = rule(
  "run-complete",
  "Every planned experiment was run to its end, and the load ran and ended.",
  (ground) => {
    const missing = [...interrupted(ground), ...missingLoad(ground), ...missingExperiments(ground)];
    if (missing.length === 0) return { status: "pass", because: "Everything that was planned was done." };
    return { status: "unknown", because: `The run is not complete: ${missing.join("; ")}.` };
  },
);

function interrupted({ story }: Ground): string[] {
  return story.controls
    .filter(({ command }) => command === "interrupt" || command === "stop")
    .map(({ command, by, atMs }) => `${command} by ${by} at ${atSeconds(atMs)}`);
}

function missingLoad({ story }: Ground): string[] {
  if (story.load.beginMs === null) return ["the load never began"];
  return story.load.endMs === null ? ["the end of the load was not recorded"] : [];
}

function missingExperiments({ evidence, story }: Ground): string[] {
  return evidence.run.plan.experiments.flatMap((plan) => missingExperiment(plan, story));
}

function missingExperiment(plan: ExperimentPlan, story: Ground["story"]): string[] {
  const told = story.experiments.filter((experiment) => experiment.plannedName === plan.name);
  if (told.length === 0) return [`experiment "${plan.name}" was not run`];
  const aborted = told.find((experiment) => experiment.abortedBecause !== null);
  if (aborted !== undefined) return [`experiment "${plan.name}" was aborted: ${aborted.abortedBecause}`];
  const open = told.find((experiment) => experiment.endedAtMs === null);
  return open === undefined ? [] : [`experiment "${plan.name}" has no recorded end`];
}
