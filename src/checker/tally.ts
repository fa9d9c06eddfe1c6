/**
 * Sorts every logical write of a WriteSet into what became of it, for the whole run and per experiment.
 * The rules (sets of logical ids; "present" is the union of all reads, "complete" the complete ones):
 *
 *     lost       = acknowledged, not surely or perhaps removed, absent from two or more complete reads after the last that saw
 *                  it, if any did; the ledger at rest (rest.ts), and not to be explained by pages in an unstable order (survey.ts)
 *     unsettled  = the same, or resurrected, while the ledger still changed
 *     passedOver = the same where as many rows are on two pages as are on none
 *     expired    = absent, and at the time of each of those reads old enough to have expired, as the claim declares
 *     absent     = the same with one complete read only, and seen by none: lost, or late
 *     vanished   = the same with one complete read only, and seen by an earlier one: gone since, or the last read came from a
 *                  copy that was behind
 *     recovered  = unknown and present                          (never an error)
 *     late       = absent from an earlier complete read, present in a later one
 *     unexpected = seen by a complete read, never attempted, and not of a lost worker
 *     resurrected = acknowledged, then its removal acknowledged, yet seen by the last complete read: an earlier one may have
 *                  come from a copy that was behind
 *     duplicated = seen more than once by the last complete read; by an earlier one only: repeatedBefore; on two pages, while
 *                  as many others are on none: shownAgain
 *     refusedPresent = refused in every attempt, and seen by some read
 *     altered    = the last complete read shows something else than was sent (sent-values.ts)
 */
import type { FindingWitness, RunFacts } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import { bitOf } from "../ledger/reads.ts";
import { REFUSED_PRESENT } from "./refused-present.ts";
import { type Survey, survey } from "./survey.ts";
import { Known, LAST_SECOND_MS, type WriteSet, type WriteState } from "./write-set.ts";
import { NO_WRITES, type Writes } from "./writes.ts";

type WitnessKind = "lost" | "absent" | "unexpected" | "refused" | "resurrected" | "duplicated" | "altered";

export interface Tally {
  /** Numbers of the complete reads, in order of completion. */
  readonly complete: readonly number[];
  readonly total: Writes;
  readonly byExperiment: Map<string, Writes>;
  absent: number;
  /** Acknowledged, seen by an earlier read, and absent from the last one only: one more read would tell. */
  vanished: number;
  /** Absent, or there although it was removed, while the ledger was not at rest. */
  unsettled: number;
  /** Absent from the pages of reads which show at least as many other rows on two pages. */
  passedOver: number;
  /** On two pages, while at least as many writes are on none: one row that was shown twice, or two. */
  shownAgain: number;
  /** Absent, and old enough to have expired by then. */
  expired: number;
  /** Acknowledged in the last second before each fault, by index, and not expired before anybody looked. */
  readonly acknowledgedLastSecond: readonly number[];
  /** There more than once in an earlier complete read, and not in the last one. */
  repeatedBefore: number;
  /** Rows of the last complete read that hold something else than was sent. */
  altered: number;
  unexpected: number;
  resurrected: number;
  refused: number;
  refusedPresent: number;
  lostWorkerRows: number;
  /** Ids seen by some complete read. */
  present: number;
  readonly witnesses: Record<WitnessKind, FindingWitness[]>;
}

export function tally(writes: WriteSet, facts: RunFacts): Tally {
  return new Tallying(writes, facts).run();
}

class Tallying {
  readonly #writes: WriteSet;
  readonly #result: Tally;
  readonly #lostWorkers: readonly string[];
  readonly #survey: Survey;
  readonly #readEndedAtMs: ReadonlyMap<number, number>;
  readonly #lastSecond: number[];

  constructor(writes: WriteSet, facts: RunFacts) {
    this.#writes = writes;
    this.#lostWorkers = facts.lostWorkers.map(({ worker }) => `${facts.runId}/${worker}/`);
    this.#survey = survey(writes);
    this.#readEndedAtMs = new Map(writes.reads.completeEnds().map(({ read, completedAtMs }) => [read, completedAtMs]));
    this.#lastSecond = [...writes.acknowledgedLastSecond];
    const faults = writes.windows.faults;
    this.#result = {
      complete: this.#survey.complete,
      acknowledgedLastSecond: this.#lastSecond,
      total: { ...NO_WRITES },
      byExperiment: new Map(faults.map(({ experiment }) => [experiment, { ...NO_WRITES }])),
      absent: 0,
      vanished: 0,
      unsettled: 0,
      passedOver: 0,
      shownAgain: 0,
      expired: 0,
      repeatedBefore: 0,
      altered: 0,
      unexpected: 0,
      resurrected: 0,
      refused: 0,
      refusedPresent: 0,
      lostWorkerRows: 0,
      present: 0,
      witnesses: { lost: [], absent: [], unexpected: [], refused: [], resurrected: [], duplicated: [], altered: [] },
    };
  }

  run(): Tally {
    for (const state of this.#writes.states()) this.#one(state);
    this.#result.total.unknown += this.#writes.unknownWithoutId;
    this.#setLastSecond();
    for (const list of Object.values(this.#result.witnesses)) keepOldest(list, 0);
    return this.#result;
  }

  #one(state: WriteState): void {
    const { known } = state;
    const { completeMask, lastMask } = this.#survey;
    const seenComplete = (state.seen & completeMask) !== 0;
    if (seenComplete) this.#result.present += 1;
    this.#copies(state);
    if (state.altered !== undefined && (state.altered.reads & lastMask) !== 0) this.#alteredRow(state);
    if ((known & Known.ok) !== 0) this.#acknowledged(state);
    else if ((known & Known.unknown) !== 0) this.#unanswered(state);
    else if ((known & Known.refused) !== 0) this.#refused(state);
    else if (known === 0 && seenComplete) this.#unattempted(state);
  }

  /** What the last read shows on two pages is doubled where no other write could be hidden behind it. */
  #copies(state: WriteState): void {
    const { completeMask, lastMask, across, hidden } = this.#survey;
    if ((state.repeated & lastMask) !== 0) this.#duplicated(state);
    else if ((state.across & lastMask) !== 0 && across > hidden) this.#duplicated(state);
    else if ((state.across & lastMask) !== 0) this.#result.shownAgain += 1;
    else if (((state.repeated | state.across) & completeMask) !== 0) this.#result.repeatedBefore += 1;
  }

  #acknowledged(state: WriteState): void {
    this.#count(state, "acknowledged");
    const { known } = state;
    if ((known & Known.removed) !== 0) {
      if ((state.seen & this.#survey.lastMask) === 0) return;
      if (this.#survey.atRest) this.#resurrected(state);
      else this.#result.unsettled += 1;
      return;
    }
    const without = this.#readsWithout(state);
    const alive = without.filter((read) => !this.#mayHaveExpired(state, read));
    if (without.length === 0 || (known & Known.removedPerhaps) !== 0) {
      if (this.#isLate(state)) this.#count(state, "late");
    } else if (alive.length > 0) {
      this.#missing(state, alive);
    } else {
      this.#expired(state);
    }
  }

  /**
   * The complete reads after the last read of any kind that saw it; reads are numbered in order of time. A read that lacks
   * what reads before and after it show is no proof of absence.
   */
  #readsWithout({ seen }: WriteState): readonly number[] {
    const { complete, holedMask, lastMask } = this.#survey;
    if ((seen & lastMask) !== 0) return [];
    const lastSeen = seen === 0 ? -1 : 31 - Math.clz32(seen);
    return complete.filter((read) => read > lastSeen && (holedMask & bitOf(read)) === 0);
  }

  /** An object lives from somewhere in its first attempt on; the read looked for it at its end at the latest. */
  #mayHaveExpired({ begunAtMs }: WriteState, read: number): boolean {
    const { expiresMs } = this.#writes;
    return expiresMs !== null && (this.#readEndedAtMs.get(read) ?? Infinity) >= begunAtMs + expiresMs;
  }

  /** It puts no fault to the test either: nobody looked while it should still have been there. */
  #expired({ atMs, seen }: WriteState): void {
    this.#result.expired += 1;
    if (seen !== 0) return;
    for (const [index, { bitAtMs }] of this.#writes.windows.faults.entries()) {
      if (atMs <= bitAtMs && bitAtMs - atMs <= LAST_SECOND_MS)
        this.#lastSecond[index] = (this.#lastSecond[index] ?? 0) - 1;
    }
  }

  #setLastSecond(): void {
    const { total, byExperiment } = this.#result;
    const faults = this.#writes.windows.faults;
    total.acknowledgedLastSecond = faults.length === 0 ? 0 : Math.min(...this.#lastSecond);
    for (const [index, { experiment }] of faults.entries()) {
      const own = byExperiment.get(experiment);
      if (own !== undefined) own.acknowledgedLastSecond = this.#lastSecond[index] ?? 0;
    }
  }

  /**
   * Two complete reads in a row without it tell "lost" from "late", and from a read of a copy that was behind, also where an
   * earlier read had it.
   */
  #missing(state: WriteState, without: readonly number[]): void {
    const doubt = this.#doubtOf(state, without);
    const certain = doubt === null;
    if (certain) this.#lost(state);
    else this.#result[doubt] += 1;
    const before = state.seen === 0 ? "" : " and seen by an earlier read";
    const says = `acknowledged${before}, yet absent from read ${without.join(" and ")}`;
    this.#witness(certain ? "lost" : "absent", { says, id: state.id, atMs: state.atMs });
  }

  /** What else than a loss the absence may be; null: nothing. */
  #doubtOf(state: WriteState, without: readonly number[]): "absent" | "vanished" | "unsettled" | "passedOver" | null {
    const { atRest, across, missing } = this.#survey;
    if (!atRest) return "unsettled";
    if (across > 0 && missing <= across) return "passedOver";
    if (without.length > 1) return null;
    return state.seen === 0 ? "absent" : "vanished";
  }

  #alteredRow({ id, atMs, altered }: WriteState): void {
    this.#result.altered += 1;
    this.#witness("altered", { says: altered?.says ?? "", id, atMs });
  }

  #lost(state: WriteState): void {
    const { faults } = this.#writes.windows;
    const fault = faults[this.#writes.windows.indexAt(state.atMs)];
    this.#count(state, "lost");
    if (fault === undefined) return;
    const rpoMs = Math.max(0, fault.bitAtMs - state.atMs);
    for (const writes of [this.#result.total, this.#result.byExperiment.get(fault.experiment)]) {
      if (writes === undefined) continue;
      writes.rpoMs = Math.max(writes.rpoMs, rpoMs);
      writes.oldestLostMs = Math.min(writes.oldestLostMs ?? Number.POSITIVE_INFINITY, state.atMs - fault.bitAtMs);
    }
  }

  #unanswered(state: WriteState): void {
    this.#count(state, "unknown");
    if (state.seen !== 0) this.#count(state, "recovered");
  }

  #refused(state: WriteState): void {
    this.#result.refused += 1;
    if (state.seen === 0) return;
    this.#result.refusedPresent += 1;
    this.#witness("refused", { says: REFUSED_PRESENT, id: state.id, atMs: state.atMs });
  }

  #unattempted(state: WriteState): void {
    if (this.#lostWorkers.some((prefix) => state.id.startsWith(prefix))) {
      this.#result.lostWorkerRows += 1;
      return;
    }
    this.#result.unexpected += 1;
    this.#witness("unexpected", { says: "in the ledger, yet no client attempted it", id: state.id });
  }

  #resurrected(state: WriteState): void {
    this.#result.resurrected += 1;
    this.#witness("resurrected", { says: "its removal was acknowledged, yet it is there", id: state.id });
  }

  #duplicated(state: WriteState): void {
    this.#count(state, "duplicated");
    const says = `one logical write, ${state.copies} rows`;
    const atMs = state.known === 0 ? {} : { atMs: state.atMs };
    this.#witness("duplicated", { says, id: state.id, ...atMs, detail: { copies: state.copies } });
  }

  /** Absent from an earlier complete read and seen by a later one. */
  #isLate({ seen }: WriteState): boolean {
    const first = this.#result.complete[0];
    return first !== undefined && (seen & bitOf(first)) === 0 && (seen & this.#survey.completeMask) !== 0;
  }

  #count(state: WriteState, what: keyof Writes): void {
    this.#result.total[what] += 1;
    if (state.known === 0) return;
    const fault = this.#writes.windows.faults[this.#writes.windows.indexAt(state.atMs)];
    const own = fault === undefined ? undefined : this.#result.byExperiment.get(fault.experiment);
    if (own !== undefined) own[what] += 1;
  }

  /** Keeps a short list sorted by age: the oldest tell most about the recovery point. */
  #witness(kind: keyof Tally["witnesses"], witness: FindingWitness): void {
    const list = this.#result.witnesses[kind];
    list.push(witness);
    keepOldest(list, WITNESSES_MAX * 10);
  }
}

/** Sorts and cuts the list once it is longer than `slack`, so that n witnesses cost O(n). */
function keepOldest(list: FindingWitness[], slack: number): void {
  if (list.length <= slack) return;
  list.sort((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity));
  list.length = Math.min(list.length, WITNESSES_MAX);
}
