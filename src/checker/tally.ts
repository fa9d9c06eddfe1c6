/**
 * Sorts every logical write of a WriteSet into what became of it, for the whole run and per experiment.
 * The rules (sets of logical ids; "present" is the union of all reads, "complete" the complete ones):
 *
 *     lost       = acknowledged, not surely or perhaps removed, absent from two or more complete reads after the last that saw
 *                  it, if any did
 *     absent     = the same with one complete read only, and seen by none: lost, or late
 *     vanished   = the same with one complete read only, and seen by an earlier one: gone since, or the last read came from a
 *                  copy that was behind
 *     recovered  = unknown and present                          (never an error)
 *     late       = absent from an earlier complete read, present in a later one
 *     unexpected = seen by a complete read, never attempted, and not of a lost worker
 *     resurrected = acknowledged, then its removal acknowledged, yet seen by the last complete read: an earlier one may have
 *                  come from a copy that was behind
 *     duplicated = seen more than once by the last complete read; by an earlier one only: repeatedBefore
 *     refusedPresent = refused in every attempt, and seen by some read
 *     altered    = the last complete read shows something else than was sent (sent-values.ts)
 */
import type { FindingWitness, RunFacts } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import { bitOf } from "./ledger-reads.ts";
import { REFUSED_PRESENT } from "./refused-present.ts";
import { Known, type WriteSet, type WriteState } from "./write-set.ts";

/** Counts of one experiment, or of the whole run. `rpoMs`: from the oldest lost acknowledgement to the fault, else 0. */
export interface Writes {
  acknowledged: number;
  acknowledgedLastSecond: number;
  lost: number;
  recovered: number;
  duplicated: number;
  unknown: number;
  late: number;
  rpoMs: number;
}

export const NO_WRITES: Readonly<Writes> = {
  acknowledged: 0,
  acknowledgedLastSecond: 0,
  lost: 0,
  recovered: 0,
  duplicated: 0,
  unknown: 0,
  late: 0,
  rpoMs: 0,
};

type WitnessKind = "lost" | "absent" | "unexpected" | "refused" | "resurrected" | "duplicated" | "altered";

export interface Tally {
  /** Numbers of the complete reads, in order of completion. */
  readonly complete: readonly number[];
  readonly total: Writes;
  readonly byExperiment: Map<string, Writes>;
  absent: number;
  /** Acknowledged, seen by an earlier read, and absent from the last one only: one more read would tell. */
  vanished: number;
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
  readonly #completeMask: number;
  readonly #lastMask: number;

  constructor(writes: WriteSet, facts: RunFacts) {
    this.#writes = writes;
    this.#lostWorkers = facts.lostWorkers.map(({ worker }) => `${facts.runId}/${worker}/`);
    const complete = writes.reads.complete();
    this.#completeMask = complete.reduce((mask, read) => mask | bitOf(read), 0);
    const last = complete.at(-1);
    this.#lastMask = last === undefined ? 0 : bitOf(last);
    const faults = writes.windows.faults;
    this.#result = {
      complete,
      total: { ...NO_WRITES, acknowledgedLastSecond: Math.min(...writes.acknowledgedLastSecond, Infinity) },
      byExperiment: new Map(
        faults.map(({ experiment }, index) => [
          experiment,
          { ...NO_WRITES, acknowledgedLastSecond: writes.acknowledgedLastSecond[index] ?? 0 },
        ]),
      ),
      absent: 0,
      vanished: 0,
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
    if (faults.length === 0) this.#result.total.acknowledgedLastSecond = 0;
  }

  run(): Tally {
    for (const state of this.#writes.states()) this.#one(state);
    this.#result.total.unknown += this.#writes.unknownWithoutId;
    for (const list of Object.values(this.#result.witnesses)) keepOldest(list, 0);
    return this.#result;
  }

  #one(state: WriteState): void {
    const { known } = state;
    const seenComplete = (state.seen & this.#completeMask) !== 0;
    if (seenComplete) this.#result.present += 1;
    if ((state.repeated & this.#lastMask) !== 0) this.#duplicated(state);
    else if ((state.repeated & this.#completeMask) !== 0) this.#result.repeatedBefore += 1;
    if (state.altered !== undefined && (state.altered.reads & this.#lastMask) !== 0) this.#alteredRow(state);
    if ((known & Known.ok) !== 0) this.#acknowledged(state);
    else if ((known & Known.unknown) !== 0) this.#unanswered(state);
    else if ((known & Known.refused) !== 0) this.#refused(state);
    else if (known === 0 && seenComplete) this.#unattempted(state);
  }

  #acknowledged(state: WriteState): void {
    this.#count(state, "acknowledged");
    if ((state.known & Known.removed) !== 0) {
      if ((state.seen & this.#lastMask) !== 0) this.#resurrected(state);
    } else if (this.#readsWithout(state).length > 0 && (state.known & Known.removedPerhaps) === 0) {
      this.#missing(state, this.#readsWithout(state));
    } else if (this.#isLate(state)) {
      this.#count(state, "late");
    }
  }

  /** The complete reads after the last read of any kind that saw it; reads are numbered in order of time. */
  #readsWithout({ seen }: WriteState): readonly number[] {
    if ((seen & this.#lastMask) !== 0) return [];
    const lastSeen = seen === 0 ? -1 : 31 - Math.clz32(seen);
    return this.#result.complete.filter((read) => read > lastSeen);
  }

  /**
   * Two complete reads in a row without it tell "lost" from "late", and from a read of a copy that was behind, also where an
   * earlier read had it.
   */
  #missing(state: WriteState, without: readonly number[]): void {
    const certain = without.length > 1;
    if (certain) this.#lost(state);
    else this.#result[state.seen === 0 ? "absent" : "vanished"] += 1;
    const before = state.seen === 0 ? "" : " and seen by an earlier read";
    const says = `acknowledged${before}, yet absent from read ${without.join(" and ")}`;
    this.#witness(certain ? "lost" : "absent", { says, id: state.id, atMs: state.atMs });
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
      if (writes !== undefined) writes.rpoMs = Math.max(writes.rpoMs, rpoMs);
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
    return first !== undefined && (seen & bitOf(first)) === 0 && (seen & this.#completeMask) !== 0;
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
