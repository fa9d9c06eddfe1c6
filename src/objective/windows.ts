/**
 * Computes the windows of a run, which are named periods to measure over, each with one or more spans. A fault window reaches
 * from the command of the fault until it was healed and users had recovered. A recovery that takes longer than the plan allows
 * does not extend it, so failures after that count as outside all fault windows.
 */

import type { ExperimentVerdict } from "../experiment.ts";
import type { Span } from "../outage/span.ts";
import type { Plan } from "../plan.ts";
import { type ExperimentStory, groupOf, type Story } from "../timeline/story.ts";

/** Requests in flight during an outage end within this time after it, often by a timeout. */
export const IN_FLIGHT_MS = 5_000;

export interface Window {
  readonly key: string;
  /** The window in words: "at full load". */
  readonly says: string;
  readonly spans: readonly Span[];
  /** "inside": an interval counts if it lies entirely within one span; "touching": if it overlaps one. */
  readonly takes: "inside" | "touching";
}

export const WINDOW_NAMES = ["whole", "plateau", "outside", "scaling", "before", "during", "after"] as const;
const OF_EXPERIMENT: readonly string[] = ["before", "during", "after"];

/** Returns the key of a window ("during:kill-postgres", "plateau"), or null for a window of an experiment that is not named. */
export function windowKey(over: Readonly<Record<string, string>>, fallback: string): string | null {
  const name = over["window"] ?? (over["experiment"] === undefined ? fallback : "during");
  if (!OF_EXPERIMENT.includes(name)) return name;
  return over["experiment"] === undefined ? null : `${name}:${over["experiment"]}`;
}

export function windowsOf(story: Story, experiments: readonly ExperimentVerdict[], plan: Plan): Window[] {
  const whole = { fromMs: story.load.beginMs ?? story.span.fromMs, toMs: story.load.endMs ?? story.span.toMs };
  const steady = { fromMs: story.load.steadyMs ?? whole.fromMs, toMs: story.load.rampDownMs ?? whole.toMs };
  const spans = story.experiments.map((told, at) => faultSpan(told, experiments[at], plan, whole.toMs));
  const faults = story.experiments.map((told) => ofGroup(told, story.experiments, spans));
  return [
    { key: "whole", says: "over the whole load", spans: [whole], takes: "touching" },
    { key: "plateau", says: "at full load", spans: [steady], takes: "inside" },
    { key: "outside", says: "outside all fault windows", spans: outside(whole, faults), takes: "inside" },
    { key: "scaling", says: "while scaling up", spans: scalingSpans(story, whole), takes: "touching" },
    ...story.experiments.flatMap((told) => aroundFault(told, story.experiments, faults, steady)),
  ];
}

/** Returns the one window of faults injected together: from the first command until all are healed and users have recovered. */
function ofGroup(told: ExperimentStory, all: readonly ExperimentStory[], spans: readonly Span[]): Span {
  const own = groupOf(told, all).flatMap((one) => spans[all.indexOf(one)] ?? []);
  return {
    fromMs: Math.min(...own.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...own.map(({ toMs }) => toMs)),
  };
}

function aroundFault(
  told: ExperimentStory,
  all: readonly ExperimentStory[],
  faults: readonly Span[],
  steady: Span,
): Window[] {
  const { name } = told;
  const at = all.indexOf(told);
  const own = faults[at];
  if (own === undefined) return [];
  const group = groupOf(told, all);
  const earlier = faults.findLast((_, index) => index < at && !group.includes(all[index] as ExperimentStory));
  const later = faults.find((_, index) => index > at && !group.includes(all[index] as ExperimentStory));
  const before = { fromMs: earlier?.toMs ?? steady.fromMs, toMs: own.fromMs };
  const after = { fromMs: own.toMs, toMs: later?.fromMs ?? steady.toMs };
  return [
    { key: `before:${name}`, says: `before "${name}"`, spans: [before], takes: "inside" },
    { key: `during:${name}`, says: `during "${name}"`, spans: [own], takes: "touching" },
    { key: `after:${name}`, says: `after "${name}"`, spans: [after], takes: "inside" },
  ];
}

/** Returns the span from the command until healed and recovered, but no longer than the plan waits for a recovery. */
export function faultSpan(
  told: ExperimentStory,
  verdict: ExperimentVerdict | undefined,
  plan: Plan,
  endMs: number,
): Span {
  const fromMs = told.commandedAtMs ?? told.beganAtMs;
  const planned = plan.experiments.find((experiment) => experiment.name === told.plannedName);
  const recoverByMs = (verdict?.bite?.atMs ?? fromMs) + (planned?.recoverWithinMs ?? 0);
  const recoveredMs = Math.max(fromMs, ...(verdict?.outages ?? []).map((outage) => outage.end?.upperMs ?? endMs));
  const healedMs = verdict?.heal?.atMs ?? told.endedAtMs ?? fromMs;
  return { fromMs, toMs: Math.max(healedMs, Math.min(recoveredMs, recoverByMs)) + IN_FLIGHT_MS };
}

function outside(whole: Span, faults: readonly Span[]): Span[] {
  const spans: Span[] = [];
  let fromMs = whole.fromMs;
  for (const fault of [...faults].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fault.fromMs > fromMs) spans.push({ fromMs, toMs: Math.min(fault.fromMs, whole.toMs) });
    fromMs = Math.max(fromMs, fault.toMs);
  }
  if (fromMs < whole.toMs) spans.push({ fromMs, toMs: whole.toMs });
  return spans;
}

/** Returns the span from the start of the load until the most replicas were ready for the first time; none if nothing scaled. */
function scalingSpans(story: Story, whole: Span): Span[] {
  const events = story.replicas.filter(({ atMs }) => atMs <= whole.toMs);
  const first = events[0];
  if (first === undefined) return [];
  const most = events.reduce((best, event) => (event.ready > best.ready ? event : best), first);
  return most.ready > first.ready ? [{ fromMs: whole.fromMs, toMs: Math.max(whole.fromMs, most.atMs) }] : [];
}
