/**
 * Judges a load alone (`gameday load`), whose only questions are its thresholds and whether it ran at all. The command judges with it
 * at the end of a load, and the judge when it reads the folder again, so that the two cannot differ.
 */
import type { Finding } from "../checker.ts";
import type { Doubt, Facts } from "../objective/facts.ts";
import type { LoadFold } from "../objective/load-fold.ts";
import { assessThresholds } from "../objective/threshold-assess.ts";
import { windowsOf } from "../objective/windows.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import { isBare } from "../plan/bare.ts";
import { scheduleOf } from "../plan/executors.ts";
import type { LoadPlan, Plan } from "../plan.ts";
import { type Status, worst } from "../status.ts";
import { type Story, tellStory } from "../timeline/story.ts";
import type { TimelineEvent } from "../timeline.ts";
import { loadDoubts } from "../validity/load-kept-pace.ts";

export const LOAD_RAN = "load-ran";

/**
 * The rules about the generator. In a load alone they make unknown only the thresholds that they put in doubt: a load without
 * thresholds asks nothing of its figures.
 */
const OF_GENERATOR: ReadonlySet<string> = new Set(["load-kept-pace", "generator-healthy"]);

/** Returns those findings of the validity rules that count for the verdict. */
export function countingOf(plan: Plan, validity: readonly Finding[]): readonly Finding[] {
  return isBare(plan) ? validity.filter(({ checker }) => !OF_GENERATOR.has(checker)) : validity;
}

export interface LoadVerdict {
  readonly status: Status;
  readonly thresholds: readonly ObjectiveVerdict[];
  readonly ran: Finding;
}

/** Judges a load from what its coordinator heard. `load` must have the window "whole". */
export function judgeLoadAlone(plan: Plan, timeline: readonly TimelineEvent[], load: LoadFold): LoadVerdict {
  const story = tellStory(timeline, []);
  const doubts: readonly Doubt[] = loadDoubts({ load, story });
  const windows = windowsOf(story, [], plan);
  const none = { experiments: [], streams: [], findings: [], outages: [] };
  const facts: Facts = { plan, story, doubts, windows, load, ...none };
  const thresholds = assessThresholds(plan.load.thresholds, facts);
  const ran = loadRan(plan.load, story, load);
  return { status: worst([ran.status, ...thresholds.map(({ status }) => status)]), thresholds, ran };
}

/** Reports whether the load ran as it was asked to: to its end, with iterations that completed. */
export function loadRan(plan: LoadPlan, story: Story, { outcome }: LoadFold): Finding {
  const because = whyNot(plan, story, outcome);
  return {
    checker: LOAD_RAN,
    object: "load",
    status: because === null ? "pass" : "unknown",
    because: because ?? `The load ran to its end, with ${outcome.iterations} completed iterations.`,
    witnesses: [],
    figures: { iterations: outcome.iterations },
  };
}

type Outcome = LoadFold["outcome"];

function whyNot(plan: LoadPlan, story: Story, outcome: Outcome): string | null {
  const cut = story.controls.find(({ command }) => command === "interrupt");
  if (cut !== undefined) return `The load was cut short by ${cut.by}.`;
  if (!outcome.isIterated) return "No iteration completed, so this load has proven nothing.";
  if (outcome.isUnreached) return "No request reached the platform.";
  return undone(plan, story, outcome);
}

/** Returns whether iterations were lost: no other worker takes over the iterations that a lost worker had not done. */
function undone(plan: LoadPlan, story: Story, { iterations: done }: Outcome): string | null {
  const isLost = story.workers.some(({ edge }) => edge === "lost");
  const schedule = scheduleOf(plan);
  if (!isLost || schedule.model !== "iterations") return null;
  const { iterations = 1, stages } = plan;
  const asked = schedule.shared ? iterations : iterations * (stages[0]?.target ?? 0);
  if (done >= asked) return null;
  return `${done} of ${asked} iterations are known to be done: no other worker does the rest of a lost one.`;
}
