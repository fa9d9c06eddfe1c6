/** Takes over workers that run a load whose coordinator was lost. */
import type { Clock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import type { Epoch } from "../share.ts";
import type { Member } from "./member.ts";
import type { Roster } from "./roster.ts";

/** What a worker that is already running a load reports to a new coordinator. */
export interface Adopted {
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** The worker has reported that its iterations are used up. */
  readonly exhausted: boolean;
  /** The worker has reported that it has stopped. */
  readonly done: boolean;
  /** Sequence number of the last report that the previous coordinator had kept; 0 when unknown. */
  readonly lastSequence: number;
}

function newestOf(adopted: readonly Adopted[]): Adopted {
  return adopted.reduce((best, next) => (next.epoch.number > best.epoch.number ? next : best));
}

export interface TakenOver {
  /** Workers that are already running a load whose coordinator was lost. */
  readonly adopted: readonly Adopted[];
  /** By worker name: the end of the last report that the previous coordinator had kept, on the run's clock. */
  readonly lastReportsMs?: ReadonlyMap<string, number>;
}

/**
 * Puts the roster into the state in which the previous coordinator left it. Returns the newest state of its workers, and those
 * that have not come back and whose loss is not recorded yet.
 */
export function takeOver(
  roster: Roster,
  clock: Clock,
  { adopted, lastReportsMs = new Map() }: TakenOver,
): { readonly newest: Adopted; readonly absent: readonly Member[] } {
  const newest = newestOf(adopted);
  roster.takeOver(newest.epoch);
  for (const member of roster.members) {
    member.state = "running"; // as it was for the previous coordinator
    member.lastHeardMs = clock.nowMs();
    member.lastToMs = lastReportsMs.get(member.name) ?? null;
  }
  const isAbsent = (member: Member) => {
    const state = adopted.find(({ slot }) => slot === member.slot);
    if (state !== undefined) adopt(roster, member, state);
    return state === undefined && giveUp(roster, member, newest.startAtMs);
  };
  return { newest, absent: roster.members.filter(isAbsent) };
}

function adopt(roster: Roster, member: Member, state: Adopted): void {
  member.lastSequence = state.lastSequence;
  if (state.epoch.number < roster.epoch.number) member.link.send({ type: "epoch", epoch: roster.epoch });
  if (state.exhausted || state.done) roster.exhaust(member.slot);
  if (state.done) member.state = "done";
}

/** Ends a worker that has not come back. Returns true when its loss is to be recorded. */
function giveUp(roster: Roster, member: Member, startAtMs: number): boolean {
  member.link.kill();
  member.lastToMs ??= startAtMs; // no report of it was kept
  if (!roster.epoch.lost.includes(member.slot)) return true;
  member.state = "lost"; // the previous coordinator has already reported the loss
  return false;
}
