/**
 * A checker decides one claim about one object from the evidence. It is a pure fold over the history and then over the ledger, so
 * that evidence of any length streams through it in one pass. It imports no I/O and reads no clock.
 */
import type { SharedFolds } from "./checker/shared-folds.ts";
import type { Operation } from "./history.ts";
import type { LedgerLine } from "./ledger.ts";
import type { Status } from "./status.ts";
import type { Json } from "./std/json.ts";

/** One piece of proof, small enough to read: an id and times, or a short description. */
export interface FindingWitness {
  readonly says: string;
  readonly id?: string;
  readonly atMs?: number;
  readonly detail?: Json;
}

export interface Finding {
  readonly checker: string;
  /** The object that the claim is about; for validity findings, the part of the run. */
  readonly object: string;
  readonly status: Status;
  /** A complete sentence that contains the figures. */
  readonly because: string;
  /** At most WITNESSES_MAX witnesses; `because` gives the total number. */
  readonly witnesses: readonly FindingWitness[];
  /** Figures that the report and the objectives read: lost, recovered, duplicated, acknowledged, unknown ... */
  readonly figures: Readonly<Record<string, number>>;
  /** The figures that can be attributed to one experiment, by the experiment's name. */
  readonly byExperiment?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const WITNESSES_MAX = 10;

/** What the plan claims about an object, and the checkers that test the claim. */
export interface Claim {
  readonly object: string;
  readonly checkers: readonly string[];
  /** Options of the checkers: { model: "register" }, { declaredLagMs: 500 }, { initial: 100 } ... */
  readonly options: Readonly<Record<string, Json>>;
  /** How long an object exists after it was written. If absent, it exists until it is explicitly removed. */
  readonly expiresMs?: number;
}

/** Facts about the run that a checker may need in addition to the operations. */
export interface RunFacts {
  readonly runId: string;
  /** The times at which each fault was observed to bite and to be healed, in order. */
  readonly faults: readonly {
    readonly experiment: string;
    readonly bitAtMs: number;
    readonly healedAtMs: number | null;
  }[];
  /** Workers that were lost. Their ids after the last report are unknown; a checker never counts them as unexpected. */
  readonly lostWorkers: readonly { readonly worker: string; readonly atMs: number }[];
}

export interface Check {
  operation(operation: Operation): void;
  ledger(line: LedgerLine): void;
  finish(): Finding;
}

export interface Checker {
  /** kebab-case: "acked-set". */
  readonly name: string;
  /** What the checker proves, as a sentence. */
  readonly claim: string;
  /** Names of the claim's options that the checker reads. */
  readonly options: readonly string[];
  /** Set if the checker allows for objects of a claim that expire. Any other checker would take their absence for an error. */
  readonly knowsExpiry?: true;
  /**
   * Starts a check. `shared` holds the folds that all checks of this claim share; all of these checks must then receive the same
   * lines.
   */
  begin(claim: Claim, facts: RunFacts, shared?: SharedFolds): Check;
}
