/**
 * A checker decides one claim about one object from the evidence: a pure fold over the history and then the ledger, so
 * that evidence of any length streams through in one pass. It imports no I/O and reads no clock.
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
  /** The object the claim is about, or the part of the run for validity findings. */
  readonly object: string;
  readonly status: Status;
  /** A whole sentence with the figures in it. */
  readonly because: string;
  /** At most WITNESSES_MAX of them; `because` has the total. */
  readonly witnesses: readonly FindingWitness[];
  /** Figures that others read: lost, recovered, duplicated, acknowledged, unknown ... */
  readonly figures: Readonly<Record<string, number>>;
  /** The figures that can be blamed on one experiment, by its name. */
  readonly byExperiment?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const WITNESSES_MAX = 10;

/** What the plan claims of an object, and which checkers hold it to that. */
export interface Claim {
  readonly object: string;
  readonly checkers: readonly string[];
  /** Options of the checkers: { model: "register" }, { declaredLagMs: 500 }, { initial: 100 } ... */
  readonly options: Readonly<Record<string, Json>>;
  /** So long an object lives after it was written; absent: until somebody removes it. */
  readonly expiresMs?: number;
}

/** Facts of the run that a checker may need besides the operations. */
export interface RunFacts {
  readonly runId: string;
  /** When each fault was seen to bite and to be healed, in order. */
  readonly faults: readonly {
    readonly experiment: string;
    readonly bitAtMs: number;
    readonly healedAtMs: number | null;
  }[];
  /** Lost workers: ids of theirs past the last report are unknown, never unexpected. */
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
  /** What it proves, as a sentence. */
  readonly claim: string;
  /** Names of the claim's options that it reads. */
  readonly options: readonly string[];
  /** It knows that objects of a claim may expire; any other would take their absence for a mistake. */
  readonly knowsExpiry?: true;
  /** `shared`: what the checks of this claim have in common; all of them must then be given the same lines. */
  begin(claim: Claim, facts: RunFacts, shared?: SharedFolds): Check;
}
