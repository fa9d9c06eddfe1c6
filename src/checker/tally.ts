/**
 * Sorts the logical writes of a WriteSet by what happened to each of them, for the whole run and per experiment.
 *
 * The rules, over sets of logical ids ("present" means seen by any read; "the same" repeats the condition of `lost`):
 *
 *     lost       = acknowledged, not removed (surely or possibly), and absent from two or more complete reads after the last
 *                  read that saw it, if any did; the ledger is at rest (rest.ts), and pages in an unstable order do not
 *                  explain the absence (survey.ts)
 *     unsettled  = the same, or resurrected, while the ledger still changed
 *     passedOver = the same, where at least as many rows are on two pages as are on none
 *     expired    = absent, and old enough at the time of each of those reads to have expired, as the claim declares
 *     absent     = the same with only one complete read, and never seen: lost, or late
 *     vanished   = the same with only one complete read, but seen by an earlier one: it disappeared since, or the last read
 *                  came from a replica that lagged
 *     recovered  = unknown and present                          (never an error)
 *     late       = absent from an earlier complete read, present in a later one
 *     unexpected = seen by a complete read, never attempted, and not written by a lost worker
 *     resurrected = acknowledged, and its removal acknowledged later, yet seen by the last complete read (an earlier read may
 *                  have come from a replica that lagged)
 *     duplicated = seen more than once by the last complete read. If only an earlier read saw it more than once, it counts as
 *                  repeatedBefore; if it is on two pages while as many others are on none, as shownAgain
 *     refusedPresent = refused in every attempt, yet seen by some read
 *     altered    = the last complete read shows a different value from the one sent (sent-values.ts)
 */
import type { FindingWitness, RunFacts } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import { bitOf } from "../ledger/reads.ts";
import { REFUSED_PRESENT } from "./refused-present.ts";
import { survey, type WriteSurvey } from "./survey.ts";
import { Known, LAST_SECOND_MS, type WriteSet, type WriteState } from "./write-set.ts";
import { NO_WRITES, type Writes } from "./writes.ts";

type WitnessKind = "lost" | "absent" | "unexpected" | "refused" | "resurrected" | "duplicated" | "altered";

export interface Tally {
  /** Numbers of the complete reads, in order of completion. */
  readonly complete: readonly number[];
  readonly total: Writes;
  readonly byExperiment: Map<string, Writes>;
  absent: number;
  /** Acknowledged, seen by an earlier read, and absent only from the last one. One more read would decide. */
  vanished: number;
  /** Absent, or present although removed, while the ledger was not at rest. */
  unsettled: number;
  /** Absent from the pages of reads that show at least as many other rows on two pages. */
  passedOver: number;
  /** On two pages, while at least as many writes are on none: either one row that was shown twice, or two rows. */
  shownAgain: number;
  /** Absent, and old enough to have expired by the time of the read. */
  expired: number;
  /** Writes acknowledged in the last second before each fault, by its index, without those that expired unseen. */
  readonly acknowledgedLastSecond: readonly number[];
  /** Present more than once in an earlier complete read, but not in the last one. */
  repeatedBefore: number;
  /** Rows of the last complete read whose value differs from the one sent. */
  altered: number;
  unexpected: number;
  resurrected: number;
  refused: number;
  refusedPresent: number;
  lostWorkerRows: number;
  /** Number of ids that some complete read saw. */
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
  readonly #survey: WriteSurvey;
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

  /** Counts what the last read shows on two pages as duplicated only if no missing write could explain the repetition. */
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
   * Returns the complete reads after the last read of any kind that saw the write; reads are numbered in order of time. A read
   * that lacks writes which both an earlier and a later read show does not prove absence, and is left out.
   */
  #readsWithout({ seen }: WriteState): readonly number[] {
    const { complete, holedMask, lastMask } = this.#survey;
    if ((seen & lastMask) !== 0) return [];
    const lastSeen = seen === 0 ? -1 : 31 - Math.clz32(seen);
    return complete.filter((read) => read > lastSeen && (holedMask & bitOf(read)) === 0);
  }

  /** Returns whether the object may have expired by the end of the given read; its life begins with its first attempt. */
  #mayHaveExpired({ begunAtMs }: WriteState, read: number): boolean {
    const { expiresMs } = this.#writes;
    return expiresMs !== null && (this.#readEndedAtMs.get(read) ?? Infinity) >= begunAtMs + expiresMs;
  }

  /** Counts an expired write. One that no read saw does not put a fault to the test either. */
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
   * Counts a missing write. Two consecutive complete reads without the write are needed to distinguish a lost write from a late
   * one, or from a read of a replica that lagged; this also holds if an earlier read showed the write.
   */
  #missing(state: WriteState, without: readonly number[]): void {
    const doubt = this.#doubtOf(state, without);
    const certain = doubt === null;
    if (certain) this.#lost(state);
    else this.#result[doubt] += 1;
    const before = state.seen === 0 ? "" : " and seen by an earlier read";
    const says = `acknowledged${before}, but absent from read ${without.join(" and ")}`;
    this.#witness(certain ? "lost" : "absent", { says, id: state.id, atMs: state.atMs });
  }

  /** Returns the other explanation of the absence, if there is one; null if the write is certainly lost. */
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
    this.#witness("unexpected", { says: "in the ledger, although no client attempted it", id: state.id });
  }

  #resurrected(state: WriteState): void {
    this.#result.resurrected += 1;
    this.#witness("resurrected", { says: "its removal was acknowledged, but it is in the ledger", id: state.id });
  }

  #duplicated(state: WriteState): void {
    this.#count(state, "duplicated");
    const says = `one logical write, ${state.copies} rows`;
    const atMs = state.known === 0 ? {} : { atMs: state.atMs };
    this.#witness("duplicated", { says, id: state.id, ...atMs, detail: { copies: state.copies } });
  }

  /** Returns whether the write was absent from an earlier complete read and seen by a later one. */
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

  /** Adds a witness to a short list sorted by age: the oldest witnesses reveal most about the recovery point. */
  #witness(kind: keyof Tally["witnesses"], witness: FindingWitness): void {
    const list = this.#result.witnesses[kind];
    list.push(witness);
    keepOldest(list, WITNESSES_MAX * 10);
  }
}

/** Sorts and truncates the list once it is longer than `slack`, so that n witnesses cost O(n). */
function keepOldest(list: FindingWitness[], slack: number): void {
  if (list.length <= slack) return;
  list.sort((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity));
  list.length = Math.min(list.length, WITNESSES_MAX);
}
