/**
 * Groups the events of one fault into rounds, each from its first command to the proof that all its changes are gone. Most
 * faults have one round, a rolling restart has one for each target, and repeated kills have one for each kill. Each command is
 * one change of its round and has its own stamps, so that one bite proves one kill and not three.
 */
import type { TimelineEvent, Witness } from "../timeline.ts";

type FaultEvent = Extract<TimelineEvent, { type: "fault" }>;

export interface TargetStamp {
  readonly target: string;
  readonly atMs: number;
  readonly witness: Witness | null;
  readonly because: string | null;
}

/** One command on one target, with its stamps. A stamp is null until its event is recorded. */
export interface ChangeStory {
  readonly target: string;
  /** Null in evidence of a version that did not record it. */
  readonly capability: string | null;
  bite: TargetStamp | null;
  notBitten: TargetStamp | null;
  heal: TargetStamp | null;
  notHealed: TargetStamp | null;
}

export interface Round {
  readonly commandedAtMs: number;
  /** When the tool itself began to undo something; null if it never did, so that any recovery was the platform's own. */
  healCommandedAtMs: number | null;
  readonly changes: ChangeStory[];
}

type Stamps = "bite" | "notBitten" | "heal" | "notHealed";
const STAMPS: Readonly<Partial<Record<FaultEvent["edge"], Stamps>>> = {
  bit: "bite",
  "not-bitten": "notBitten",
  healed: "heal",
  "not-healed": "notHealed",
};

/** Adds one event of the fault, in order of recording. A command that follows any healing begins a new round. */
export function addToRounds(rounds: Round[], event: FaultEvent): void {
  if (event.edge === "commanded") {
    roundFor(rounds, event).changes.push({
      target: event.target,
      capability: event.capability ?? null,
      bite: null,
      notBitten: null,
      heal: null,
      notHealed: null,
    });
    return;
  }
  const round = rounds.at(-1);
  if (round === undefined) return;
  if (event.edge === "heal-commanded") round.healCommandedAtMs ??= event.atMs;
  const stamp = STAMPS[event.edge];
  if (stamp === undefined) return;
  const change = round.changes.find((one) => isOf(one, event) && one[stamp] === null);
  if (change !== undefined) change[stamp] = stampOf(event);
}

function roundFor(rounds: Round[], { atMs }: FaultEvent): Round {
  const last = rounds.at(-1);
  if (last !== undefined && !hasHealing(last)) return last;
  const fresh: Round = { commandedAtMs: atMs, healCommandedAtMs: null, changes: [] };
  rounds.push(fresh);
  return fresh;
}

function hasHealing({ healCommandedAtMs, changes }: Round): boolean {
  return healCommandedAtMs !== null || changes.some(({ heal, notHealed }) => heal !== null || notHealed !== null);
}

function isOf({ target, capability }: ChangeStory, event: FaultEvent): boolean {
  if (target !== event.target) return false;
  return capability === null || event.capability === undefined || capability === event.capability;
}

function stampOf({ target, atMs, witness, because }: FaultEvent): TargetStamp {
  return { target, atMs: witness?.atMs ?? atMs, witness: witness ?? null, because: because ?? null };
}

/** Returns all stamps of one kind, round by round. */
export function stampsOf(rounds: readonly Round[], stamp: Stamps): TargetStamp[] {
  return rounds.flatMap(({ changes }) => changes.flatMap((change) => change[stamp] ?? []));
}

/** Returns when a round was first seen to bite, from inside its target; null if it never was. */
export function firstBiteMs({ changes }: Round): number | null {
  const seen = changes.flatMap(({ bite }) => (bite?.witness == null ? [] : [bite.atMs]));
  return seen.length === 0 ? null : Math.min(...seen);
}

/** Returns when the last change of a round was seen to be gone, from inside its target; null unless all changes were. */
export function lastHealMs({ changes }: Round): number | null {
  const seen = changes.map(({ heal }) => (heal?.witness == null ? null : heal.atMs));
  return seen.includes(null) || seen.length === 0 ? null : Math.max(...seen.map((atMs) => atMs ?? 0));
}
