import { isBare } from "../plan/bare.ts";
import type { ExperimentPlan } from "../plan.ts";
import { unfinishedPhases } from "../timeline/phases.ts";
import { stampsOf } from "../timeline/rounds.ts";
import { atSeconds, type Ground, plural, rule } from "./rule.ts";

/** Everything that was planned must have been done, because what was not done cannot pass. */
export const runComplete = rule(
  "run-complete",
  "Every planned experiment ran to its end, and the load started and ended.",
  (ground) => {
    const missing = [
      ...interrupted(ground),
      ...missingLoad(ground),
      ...missingExperiments(ground),
      ...missingPhases(ground),
      ...missingSamples(ground),
      ...strayStamps(ground),
    ];
    if (missing.length === 0) return { status: "pass", because: "Everything that was planned was done." };
    return { status: "unknown", because: `The run is not complete: ${missing.join("; ")}.` };
  },
);

function interrupted({ story }: Ground): string[] {
  return story.controls
    .filter(({ command }) => command === "interrupt" || command === "stop")
    .map(({ command, by, atMs }) => `${command} by ${by} at ${atSeconds(atMs)}`);
}

/** Returns the missing stamps of the load; measurements at full load need both the start and the end of full load. */
function missingLoad({ story: { load, phases }, evidence }: Ground): string[] {
  if (load.beginMs === null) return ["the load never started"];
  const isHeightAsked = !isBare(evidence.run.plan); // a load alone may end while it ramps up: nothing is measured at full load
  return [
    ...(load.steadyMs === null && isHeightAsked ? ["the load did not reach its full height"] : []),
    ...(load.rampDownMs === null && phases.length > 0 ? ["the ramp-down of the load was not recorded"] : []),
    ...(load.endMs === null ? ["the end of the load was not recorded"] : []),
  ];
}

function missingPhases({ story }: Ground): string[] {
  const phases = unfinishedPhases(story.phases);
  return phases.length === 0 ? [] : [`no complete phase ${phases.join(", ")}`];
}

function missingSamples({ evidence, story }: Ground): string[] {
  const isWatched = (evidence.run.plan.autoscaling ?? null) !== null;
  return isWatched && story.replicas.length === 0 ? ["no sample of the autoscaler was recorded"] : [];
}

function missingExperiments({ evidence, story }: Ground): string[] {
  const begun = new Set(
    evidence.timeline.flatMap((event) =>
      event.type === "experiment" && event.edge === "begin" ? [event.experiment] : [],
    ),
  );
  return evidence.run.plan.experiments.flatMap((plan) => missingExperiment(plan, story, begun));
}

function missingExperiment(plan: ExperimentPlan, story: Ground["story"], begun: ReadonlySet<string>): string[] {
  const told = story.experiments.filter((experiment) => experiment.plannedName === plan.name);
  if (told.length === 0) return [`experiment "${plan.name}" did not run`];
  const aborted = told.find((experiment) => experiment.abortedBecause !== null);
  if (aborted !== undefined) return [`experiment "${plan.name}" was aborted: ${aborted.abortedBecause}`];
  const other = told.find(({ fault }) => fault !== plan.fault);
  if (other !== undefined) return [`experiment "${plan.name}" ran the fault ${other.fault}, planned ${plan.fault}`];
  if (!begun.has(plan.name)) return [`experiment "${plan.name}" has no recorded begin`];
  const open = told.find((experiment) => experiment.endedAtMs === null);
  return open === undefined ? [] : [`experiment "${plan.name}" has no recorded end`];
}

const SEEN: ReadonlySet<string> = new Set(["bit", "not-bitten", "healed", "not-healed"]);
const STAMPS = ["bite", "notBitten", "heal", "notHealed"] as const;

/** Finds observations of a change without its command: the record of the command must have been lost. */
function strayStamps({ evidence, story }: Ground): string[] {
  const seen = evidence.timeline.filter((event) => event.type === "fault" && SEEN.has(event.edge)).length;
  const told = story.experiments.flatMap(({ rounds }) => STAMPS.flatMap((stamp) => stampsOf(rounds, stamp))).length;
  return seen === told ? [] : [`${plural(seen - told, "stamp")} of faults without a command`];
}
