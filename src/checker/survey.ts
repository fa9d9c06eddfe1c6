/**
 * Evaluates the reads of one object over all of its ids at once; the tally then sorts the ids one by one.
 *
 *     changedAt  the last complete read that showed an id which no complete read before it had, or that no longer showed an id
 *                that was removed
 *     holed      complete reads that lack an id which reads before and after them have: they came from a replica that
 *                lagged, or a page shifted. They do not prove absence
 *     across     ids that the last complete read shows on more than one page (with the same pages as an adjacent read): either
 *                two rows each, or rows that tie in an unstable order, where each row shown twice hides another
 */
import { bitOf } from "../ledger/reads.ts";
import { isAtRest } from "../ledger/rest.ts";
import { Known, type WriteSet, type WriteState } from "./write-set.ts";

export interface WriteSurvey {
  /** Numbers of the complete reads, in order of completion. */
  readonly complete: readonly number[];
  readonly completeMask: number;
  readonly lastMask: number;
  readonly holedMask: number;
  readonly atRest: boolean;
  readonly across: number;
  /** Number of acknowledged writes that the last complete read does not show. */
  readonly missing: number;
  /** The same plus the unanswered writes that it does not show: all that could be hidden behind rows that were shown twice. */
  readonly hidden: number;
}

export function survey(writes: WriteSet): WriteSurvey {
  const ends = writes.reads.completeEnds();
  const complete = ends.map(({ read }) => read);
  const completeMask = complete.reduce((mask, read) => mask | bitOf(read), 0);
  const lastMask = bitOf(complete.at(-1) ?? Number.POSITIVE_INFINITY);
  let [changedAt, holedMask, across, missing, hidden] = [0, 0, 0, 0, 0];
  for (const state of writes.states()) {
    const seen = state.seen & completeMask;
    changedAt = Math.max(changedAt, firstAmong(complete, seen), removedAt(complete, state));
    holedMask |= holesOf(seen, completeMask);
    if ((state.across & lastMask) !== 0) across += 1;
    if ((state.seen & lastMask) !== 0 || !mayBeThere(state)) continue;
    hidden += 1;
    if ((state.known & Known.ok) !== 0) missing += 1;
  }
  const atRest = isAtRest(ends, changedAt);
  return { complete, completeMask, lastMask, holedMask, atRest, across, missing, hidden };
}

/** Returns the index of the first read that saw the id; 0 also if none did. */
function firstAmong(complete: readonly number[], seen: number): number {
  return Math.max(
    0,
    complete.findIndex((read) => (seen & bitOf(read)) !== 0),
  );
}

/**
 * Returns the index of the first read that no longer shows a removed id; 0 if the id was not removed, was never seen or is still
 * shown.
 */
function removedAt(complete: readonly number[], { known, seen }: WriteState): number {
  if ((known & (Known.removed | Known.removedPerhaps)) === 0) return 0;
  const last = complete.findLastIndex((read) => (seen & bitOf(read)) !== 0);
  return last < 0 || last === complete.length - 1 ? 0 : last + 1;
}

/** Returns the complete reads without the id between the first and the last that have it. Reads are numbered in order of time. */
function holesOf(seen: number, completeMask: number): number {
  if (seen === 0) return 0;
  const upToLast = 0xffffffff >>> Math.clz32(seen);
  const beforeFirst = (seen & -seen) - 1;
  return completeMask & upToLast & ~beforeFirst & ~seen;
}

function mayBeThere({ known }: WriteState): boolean {
  if ((known & (Known.removed | Known.removedPerhaps)) !== 0) return false;
  return (known & (Known.ok | Known.unknown)) !== 0;
}
