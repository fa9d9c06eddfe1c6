/**
 * The story is the timeline, folded once: each experiment with its stamps, the edges of the load, gaps, workers and controls. All
 * judging reads the story instead of searching the events again. Pure.
 */
import type { Span } from "../outage/span.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { FaultTraits, TargetReference, TimelineEvent } from "../timeline.ts";
import { addToRounds, type Round, stampsOf, type TargetStamp } from "./rounds.ts";

export type EventOf<Type extends TimelineEvent["type"]> = Extract<TimelineEvent, { type: Type }>;

const NOT_RECORDED: FaultTraits = { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false };

export interface ExperimentStory {
  /** The name in the plan; a second experiment of the same name is "name#2". */
  readonly name: string;
  readonly plannedName: string;
  readonly fault: string;
  /** What is known about the kind of fault; nothing if the evidence does not record it. */
  traits: FaultTraits;
  /** Whether a person injected it while the run went on. */
  byHand: boolean;
  /** The number of the group of experiments that are injected at the same moment; null if it is injected alone. */
  together: number | null;
  /** The targets of all rounds. */
  targets: readonly TargetReference[];
  /** Other targets on the nodes that were hit; null in evidence of a version that did not record them. */
  standing: readonly TargetReference[] | null;
  readonly beganAtMs: number;
  endedAtMs: number | null;
  abortedBecause: string | null;
  /** The first command of the first round. */
  commandedAtMs: number | null;
  /** The first heal command of the last round. */
  healCommandedAtMs: number | null;
  readonly rounds: Round[];
  readonly health: EventOf<"health">[];
}

export interface Story {
  readonly experiments: readonly ExperimentStory[];
  readonly load: {
    readonly beginMs: number | null;
    readonly steadyMs: number | null;
    readonly rampDownMs: number | null;
    readonly endMs: number | null;
    /** When the last user was told to stop. An empty load may continue while the platform scales down. */
    readonly emptyMs: number | null;
  };
  /** The first and the last stamp of the timeline. */
  readonly span: Span;
  readonly gaps: readonly EventOf<"gap">[];
  readonly workers: readonly EventOf<"worker">[];
  readonly replicas: readonly EventOf<"replicas">[];
  readonly roles: readonly EventOf<"role">[];
  readonly entries: readonly EventOf<"entry">[];
  readonly restarts: readonly EventOf<"restart">[];
  readonly controls: readonly EventOf<"control">[];
  readonly residue: readonly EventOf<"residue">[];
  readonly health: readonly EventOf<"health">[];
  readonly notes: readonly EventOf<"note">[];
  readonly phases: readonly EventOf<"phase">[];
}

/** Folds the timeline into the story. O(n). */
export function tellStory(timeline: readonly TimelineEvent[], plan: readonly ExperimentPlan[]): Story {
  const experiments: ExperimentStory[] = [];
  const waiting: EventOf<"health">[] = [];
  for (const event of timeline) {
    if (event.type === "experiment") tellExperiment(experiments, waiting, event);
    else if (event.type === "fault") tellFault(experiments, waiting, event, plan);
    else if (event.type === "health") tellHealth(experiments, waiting, event);
  }
  for (const story of experiments)
    story.together = plan.find(({ name }) => name === story.plannedName)?.together ?? null;
  const all = <Type extends TimelineEvent["type"]>(type: Type) =>
    timeline.filter((event): event is EventOf<Type> => event.type === type);
  return {
    experiments,
    load: loadEdges(all("load")),
    span: spanOf(timeline),
    gaps: all("gap"),
    workers: all("worker"),
    replicas: all("replicas"),
    roles: all("role"),
    entries: all("entry"),
    restarts: all("restart"),
    controls: all("control"),
    residue: all("residue"),
    health: all("health"),
    notes: all("note"),
    phases: all("phase"),
  };
}

/** Adds a health event. Health before a fault may be recorded before the experiment begins; it then waits for the experiment. */
function tellHealth(
  experiments: readonly ExperimentStory[],
  waiting: EventOf<"health">[],
  event: EventOf<"health">,
): void {
  const story = latest(experiments, event.experiment);
  if (story !== undefined && (story.endedAtMs === null || event.moment !== "before-fault")) story.health.push(event);
  else if (event.experiment !== undefined) waiting.push(event);
}

function tellExperiment(
  experiments: ExperimentStory[],
  waiting: EventOf<"health">[],
  event: EventOf<"experiment">,
): void {
  const story = openStory(experiments, event.experiment) ?? begin(experiments, waiting, event);
  if (event.traits !== undefined) story.traits = event.traits;
  story.targets = united(story.targets, event.targets);
  if (event.byHand === true) story.byHand = true;
  if (event.standing !== undefined) story.standing = united(story.standing ?? [], event.standing);
  if (event.edge !== "begin") close(story, event);
}

/** Unites the targets: a fault of several rounds begins once per round, with the targets of that round, and ends once. */
function united(before: readonly TargetReference[], more: readonly TargetReference[]): readonly TargetReference[] {
  return [...before, ...more.filter(({ id }) => !before.some((known) => known.id === id))];
}

/** Opens a new story and adds the health events that waited for it. */
function begin(
  experiments: ExperimentStory[],
  waiting: EventOf<"health">[],
  event: { readonly atMs: number; readonly experiment: string; readonly fault: string },
): ExperimentStory {
  const story = newStory(event, experiments);
  const own = waiting.filter((line) => line.experiment === event.experiment);
  story.health.push(...own);
  waiting.splice(0, waiting.length, ...waiting.filter((line) => !own.includes(line)));
  experiments.push(story);
  return story;
}

function close(story: ExperimentStory, event: EventOf<"experiment">): void {
  story.endedAtMs = event.atMs;
  if (event.edge === "aborted") story.abortedBecause = event.because ?? "no reason was recorded";
}

function newStory(
  event: { readonly atMs: number; readonly experiment: string; readonly fault: string },
  known: readonly ExperimentStory[],
): ExperimentStory {
  const before = known.filter((story) => story.plannedName === event.experiment).length;
  return {
    name: before === 0 ? event.experiment : `${event.experiment}#${before + 1}`,
    plannedName: event.experiment,
    fault: event.fault,
    traits: NOT_RECORDED,
    byHand: false,
    together: null,
    targets: [],
    standing: null,
    beganAtMs: event.atMs,
    endedAtMs: null,
    abortedBecause: null,
    commandedAtMs: null,
    healCommandedAtMs: null,
    rounds: [],
    health: [],
  };
}

function tellFault(
  experiments: ExperimentStory[],
  waiting: EventOf<"health">[],
  event: EventOf<"fault">,
  plan: readonly ExperimentPlan[],
): void {
  const fault = plan.find((one) => one.name === event.experiment)?.fault ?? "unknown";
  const open = openStory(experiments, event.experiment);
  const isFirst = open === undefined && event.edge === "commanded";
  const story = isFirst
    ? begin(experiments, waiting, { ...event, fault })
    : (open ?? latest(experiments, event.experiment));
  if (story === undefined) return;
  addToRounds(story.rounds, event);
  story.commandedAtMs = story.rounds[0]?.commandedAtMs ?? null;
  story.healCommandedAtMs = story.rounds.at(-1)?.healCommandedAtMs ?? null;
}

function openStory(experiments: readonly ExperimentStory[], name: string): ExperimentStory | undefined {
  return experiments.findLast((story) => story.plannedName === name && story.endedAtMs === null);
}

function latest(experiments: readonly ExperimentStory[], name: string | undefined): ExperimentStory | undefined {
  return name === undefined ? undefined : experiments.findLast((story) => story.plannedName === name);
}

function loadEdges(events: readonly EventOf<"load">[]): Story["load"] {
  const first = (edge: EventOf<"load">["edge"]) => events.find((event) => event.edge === edge)?.atMs ?? null;
  const last = events.findLast((event) => event.edge === "end")?.atMs ?? null;
  const empty = events.find((event) => event.users === 0 && (event.edge === "ramp-down" || event.edge === "end"));
  return {
    beginMs: first("begin"),
    steadyMs: first("steady"),
    rampDownMs: first("ramp-down"),
    endMs: last,
    emptyMs: empty?.atMs ?? last,
  };
}

function spanOf(timeline: readonly TimelineEvent[]): Span {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = 0;
  for (const { atMs } of timeline) {
    fromMs = Math.min(fromMs, atMs);
    toMs = Math.max(toMs, atMs);
  }
  return { fromMs: timeline.length === 0 ? 0 : fromMs, toMs };
}

/** Returns when the fault was first seen to bite, from inside its target; null if it never was. */
export function biteOf(story: ExperimentStory): TargetStamp | null {
  const seen = stampsOf(story.rounds, "bite").filter((bite) => bite.witness !== null);
  return seen.reduce<TargetStamp | null>(
    (first, bite) => (first === null || bite.atMs < first.atMs ? bite : first),
    null,
  );
}

/** Returns when the last target was seen to be healed; null if some target is recorded as not healed, or no healing was seen. */
export function healOf(story: ExperimentStory): TargetStamp | null {
  if (stampsOf(story.rounds, "notHealed").length > 0) return null;
  const seen = stampsOf(story.rounds, "heal").filter((heal) => heal.witness !== null);
  return seen.reduce<TargetStamp | null>((last, heal) => (last === null || heal.atMs > last.atMs ? heal : last), null);
}

/** Returns the experiments that were injected at the same moment as this one, including itself. */
export function groupOf(story: ExperimentStory, all: readonly ExperimentStory[]): readonly ExperimentStory[] {
  return story.together === null ? [story] : all.filter(({ together }) => together === story.together);
}

/**
 * Returns the span from the command to the next experiment or the end of the evidence. An outage in this span is attributed to
 * this experiment and to all experiments that were injected with it.
 */
export function reachOf(story: ExperimentStory, all: readonly ExperimentStory[], endMs: number): Span {
  const group = groupOf(story, all);
  const fromMs = Math.min(...group.map((one) => one.commandedAtMs ?? one.beganAtMs));
  const next = all.find((other) => !group.includes(other) && (other.commandedAtMs ?? other.beganAtMs) > fromMs);
  return { fromMs, toMs: next === undefined ? endMs : (next.commandedAtMs ?? next.beganAtMs) };
}
