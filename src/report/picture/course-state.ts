/** What the picture of a run's course shows, from the facts of its judgement; the live page has the same from its stream. */
import type { Lane, LiveState } from "../../api/live.ts";
import type { Facts } from "../../objective/facts.ts";
import type { ObjectiveVerdict } from "../../objective.ts";
import { gapsOf } from "../../outage/gaps.ts";
import type { FeltOutage } from "../../outage/outages.ts";
import type { SampledStream } from "../../outage/samples.ts";
import type { Objective } from "../../plan.ts";
import { describeBound } from "../../range.ts";
import { isRecord } from "../../std/json.ts";
import { leadersOf } from "../../timeline/leaders.ts";
import { type ExperimentStory, healOf, type Story } from "../../timeline/story.ts";
import type { Phase } from "../../timeline.ts";
import type { CourseState } from "../../view/course/picture.ts";
import type { CourseExperiment } from "../../view/course/spans.ts";

export interface RunCourse extends CourseState {
  readonly phases: LiveState["phases"];
}

export function courseOf(facts: Facts, objectives: readonly ObjectiveVerdict[]): RunCourse {
  const { story, streams, outages, plan } = facts;
  return {
    nowMs: story.span.toMs,
    phases: phasesOf(story),
    experiments: story.experiments.map(courseExperiment),
    lanes: streams.map((stream) => laneOf(stream, outages)),
    leaders: leadersOf(story.roles),
    marks: marksOf(story),
    objectives: objectives.map((one) => courseObjective(one, plan.objectives)),
  };
}

function phasesOf({ phases }: Story): LiveState["phases"] {
  const found: { phase: Phase; fromMs: number; toMs: number | null }[] = [];
  for (const { phase, edge, atMs } of phases) {
    const open = found.at(-1);
    if (edge === "begin") found.push({ phase, fromMs: atMs, toMs: null });
    else if (open?.phase === phase) open.toMs = atMs;
  }
  return found;
}

function courseExperiment(story: ExperimentStory, at: number): CourseExperiment {
  const { name, commandedAtMs, beganAtMs, endedAtMs } = story;
  const healedMs = healOf(story)?.atMs ?? null;
  return { index: at + 1, name, commandedMs: commandedAtMs ?? beganAtMs, healedMs, endedMs: endedAtMs };
}

function laneOf(stream: SampledStream, all: readonly FeltOutage[]): Lane {
  const { class: name, connection, samples } = stream;
  const outages = all.filter((one) => one.class === name && one.connection === connection);
  const [fromMs, lastMs] = [samples[0]?.sentMs ?? 0, samples.at(-1)?.completedMs ?? 0];
  const isDown = outages.at(-1)?.end === null;
  return {
    id: `${name}/${connection}`,
    class: name,
    connection,
    state: samples.length === 0 ? "no-data" : isDown ? "down" : "up",
    fromMs,
    lastMs,
    outages: outages.map(({ begin, end, failures }) => ({
      fromMs: begin.upperMs,
      toMs: end?.upperMs ?? null,
      failures,
    })),
    outagesLeftOut: 0,
    gaps: gapsOf(stream, { fromMs, toMs: lastMs }).map((gap) => ({ ...gap, because: "no beat was sent" })),
  };
}

function marksOf({ controls }: Story): LiveState["marks"] {
  return controls.flatMap(({ command, detail, atMs, by }) =>
    command === "mark" && isRecord(detail) ? [{ atMs, says: String(detail["says"] ?? ""), by }] : [],
  );
}

function courseObjective(one: ObjectiveVerdict, planned: readonly Objective[]): CourseState["objectives"][number] {
  const { measure, bound, unit } = one;
  const over = planned.find(({ id }) => id === one.id)?.over ?? {};
  return { measure, bound: { ...bound }, asked: describeBound(bound, unit), over };
}
