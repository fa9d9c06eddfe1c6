/**
 * What the reads of one object are worth, seen over all of its ids at once; the tally then sorts the ids one by one.
 *
 *     changedAt  the last whole read that showed an id which no whole read before it had, or no more an id that was removed
 *     holed      whole reads that lack an id which reads before and after them have: a copy that was behind, or a page that
 *                shifted. They prove no absence
 *     across     ids that the last whole read shows on more than one page (the same pages as the read beside it): two rows
 *                each, or rows that tie in an unstable order, where each one shown twice hides another
 */
import { bitOf } from "../ledger/reads.ts";
import { isAtRest } from "../ledger/rest.ts";
import { Known, type WriteSet, type WriteState } from "./write-set.ts";

export interface Survey {
  /** Numbers of the whole reads, in order of completion. */
  readonly complete: readonly number[];
  readonly completeMask: number;
  readonly lastMask: number;
  readonly holedMask: number;
  readonly atRest: boolean;
  readonly across: number;
  /** Acknowledged writes that the last whole read does not show. */
  readonly missing: number;
  /** These, and the unanswered ones that it does not show: all that could be hidden behind rows that were shown twice. */
  readonly hidden: number;
}

export function survey(writes: WriteSet): Survey {
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

/** Place of the first read that saw it; 0 also where none did. */
function firstAmong(complete: readonly number[], seen: number): number {
  return Math.max(
    0,
    complete.findIndex((read) => (seen & bitOf(read)) !== 0),
  );
}

/** Place of the first read that does not show any more what somebody removed; 0 where none did, or none has. */
function removedAt(complete: readonly number[], { known, seen }: WriteState): number {
  if ((known & (Known.removed | Known.removedPerhaps)) === 0) return 0;
  const last = complete.findLastIndex((read) => (seen & bitOf(read)) !== 0);
  return last < 0 || last === complete.length - 1 ? 0 : last + 1;
}

/** Reads are numbered in order of time: the whole ones without it between the first and the last that have it. */
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
