/** The experiments of a run with their stamps: those that the plan still has, and those that the timeline tells of. Pure. */
import type { Lane, LiveExperiment } from "../../api/live.ts";
import type { ExperimentPlan } from "../../plan.ts";
import { stampsOf } from "../../timeline/rounds.ts";
import { biteOf, type ExperimentStory, healOf, tellStory } from "../../timeline/story.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";

const WITNESSES_MAX = 50;

/** The circumstances that decide how far an experiment is. */
export interface RunMoment {
  readonly lanes: readonly Lane[];
  readonly verdict: Verdict | null;
  readonly isOver: boolean;
}

export class ExperimentFold {
  readonly #plan: readonly ExperimentPlan[];
  readonly #events: TimelineEvent[] = [];
  readonly #byHand = new Map<string, number>();
  #stories: readonly ExperimentStory[] = [];
  #isStale = false;

  constructor(plan: readonly ExperimentPlan[]) {
    this.#plan = plan;
  }

  event(event: TimelineEvent): void {
    if (event.type !== "experiment" && event.type !== "fault" && event.type !== "health") return;
    if (event.type === "experiment" && "byHand" in event) this.#byHand.set(event.experiment, holdOf(event));
    this.#events.push(event);
    this.#isStale = true;
  }

  stories(): readonly ExperimentStory[] {
    if (this.#isStale) this.#stories = tellStory(this.#events, this.#plan).experiments;
    this.#isStale = false;
    return this.#stories;
  }

  /** Returns what has begun, in order, and then what is still planned. */
  list(circumstances: RunMoment): LiveExperiment[] {
    const stories = this.stories();
    const begun = stories.map((story, at) => this.#begun(story, stories[at + 1], circumstances));
    const names = new Set(stories.map(({ plannedName }) => plannedName));
    const planned = this.#plan
      .filter(({ name }) => !names.has(name))
      .map(
        (experiment) => ({ ...plannedOnly(experiment), state: circumstances.isOver ? "skipped" : "planned" }) as const,
      );
    return [...begun, ...planned].map((one, at) => ({ ...one, index: at + 1 }));
  }

  #begun(story: ExperimentStory, next: ExperimentStory | undefined, around: RunMoment): Omit<LiveExperiment, "index"> {
    const planned = this.#plan.find(({ name }) => name === story.plannedName);
    const bit = biteOf(story);
    const heal = healOf(story);
    const [fromMs, untilMs] = [story.commandedAtMs ?? story.beganAtMs, next?.beganAtMs ?? Number.POSITIVE_INFINITY];
    const felt = feltBetween(around.lanes, fromMs, untilMs);
    const holdMs = planned?.holdMs ?? this.#byHand.get(story.plannedName) ?? 0;
    const judged = around.verdict?.experiments.find(({ name }) => name === story.name);
    return {
      name: story.name,
      fault: story.fault,
      byHand: story.byHand,
      state: stateOf(story, bit !== null, felt.isOpen, around.isOver),
      because: story.abortedBecause,
      targets: [...story.targets],
      standing: [...(story.standing ?? [])],
      holdMs,
      together: story.together,
      beganMs: story.beganAtMs,
      commandedMs: story.commandedAtMs,
      bitMs: bit?.atMs ?? null,
      firstFailureMs: felt.firstMs,
      healCommandedMs: story.healCommandedAtMs,
      healedMs: heal?.atMs ?? null,
      recoveredMs: felt.isOpen ? null : felt.lastMs,
      endedMs: story.endedAtMs,
      healsByItselfMs: bit === null || story.healCommandedAtMs !== null ? null : bit.atMs + holdMs,
      witnesses: witnessesOf(story),
      notHealed: stampsOf(story.rounds, "notHealed").map(
        ({ target, because }) => `${target}: ${because ?? "not seen healed"}`,
      ),
      verdict: judged === undefined ? null : { status: judged.status, because: judged.because },
    };
  }
}

function holdOf(event: Extract<TimelineEvent, { type: "experiment" }>): number {
  return "holdMs" in event && typeof event.holdMs === "number" ? event.holdMs : 0;
}

function plannedOnly({ name, fault, holdMs, together }: ExperimentPlan): Omit<LiveExperiment, "index" | "state"> {
  const nothing = { beganMs: null, commandedMs: null, bitMs: null, firstFailureMs: null, healCommandedMs: null };
  const later = {
    healedMs: null,
    recoveredMs: null,
    endedMs: null,
    healsByItselfMs: null,
    verdict: null,
    because: null,
  };
  const lists = { targets: [], standing: [], witnesses: [], notHealed: [] };
  return { name, fault, holdMs, together: together ?? null, byHand: false, ...nothing, ...later, ...lists };
}

function stateOf(story: ExperimentStory, bit: boolean, isDown: boolean, isOver: boolean): LiveExperiment["state"] {
  if (story.abortedBecause !== null) return "aborted";
  if (story.endedAtMs !== null) return isDown && !isOver ? "recovering" : "over";
  if (isOver) return "aborted";
  if (story.healCommandedAtMs !== null) return "healing";
  return bit ? "held" : "injecting";
}

interface Felt {
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly isOpen: boolean;
}

/** Returns when users first failed in a span, and since when all of them are served again. */
function feltBetween(lanes: readonly Lane[], fromMs: number, untilMs: number): Felt {
  const outages = lanes.flatMap(({ outages: all }) =>
    all.filter((outage) => outage.fromMs < untilMs && (outage.toMs ?? Number.POSITIVE_INFINITY) > fromMs),
  );
  if (outages.length === 0) return { firstMs: null, lastMs: null, isOpen: false };
  const ends = outages.map(({ toMs }) => toMs);
  const lastMs = Math.max(...ends.map((end) => end ?? 0));
  return { firstMs: Math.min(...outages.map((outage) => outage.fromMs)), lastMs, isOpen: ends.includes(null) };
}

function witnessesOf({ rounds }: ExperimentStory): LiveExperiment["witnesses"] {
  const of = (stamp: "bite" | "heal", edge: string) =>
    stampsOf(rounds, stamp).flatMap(({ atMs, target, witness }) =>
      witness === null ? [] : [{ atMs, edge, target, says: `${witness.says} (${witness.source})` }],
    );
  return [...of("bite", "bit"), ...of("heal", "healed")].sort((a, b) => a.atMs - b.atMs).slice(-WITNESSES_MAX);
}
