/**
 * The checkers as a library: `import { checkHistory } from "gameday/checkers"`. Pure functions over histories in memory, without files,
 * clocks or processes; docs/guide/checkers.md shows how they are used. What is exported here stays compatible.
 */
import type { Finding, RunFacts } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import type { Json } from "../std/json.ts";
import { CHECKERS, checkerNamed, validateClaim } from "./catalogue.ts";
import { type HistoryOptions, importHistory, readHistory } from "./import/import-history.ts";
import { type Budget, DEFAULT_BUDGET } from "./linearizable/budget.ts";
import { coreOf } from "./linearizable/contradiction.ts";
import { checkHistory as check, type HistoryVerdict } from "./linearizable/evidence.ts";
import { MODELS, modelNamed } from "./linearizable/models.ts";
import { explain, spentOf } from "./linearizable.ts";
import { decide } from "./readings.ts";

export type { Finding, FindingWitness, RunFacts } from "../checker.ts";
export type { Operation, Outcome } from "../history.ts";
export type { LedgerEnd, LedgerItem, LedgerLine } from "../ledger.ts";
export { GamedayError } from "../std/errors.ts";
export type { Json } from "../std/json.ts";
export type { Budget } from "./linearizable/budget.ts";

/** A model of `checkHistory`: what an object does, and the kinds of operations on it. */
export interface ModelSummary {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly string[];
}

/** All models, and the names of all checkers of `checkClaim`. */
export const models: readonly ModelSummary[] = MODELS.map(({ name, says, kinds }) => ({ name, says, kinds }));
export const checkers: readonly string[] = CHECKERS.map(({ name }) => name);

export interface CheckOptions {
  /** The name of a model: "register", "queue" ... */
  readonly model: string;
  /** What the object holds before the first operation; by default nothing. */
  readonly initial?: Json;
  /** What the search may cost; what is not given is 10,000,000 configurations and 512 MiB a part. */
  readonly budget?: Partial<Budget>;
}

/** How a text is read; a history says most of it by itself. */
export interface TextOptions extends Omit<HistoryOptions, "file" | "model"> {
  /** What errors call the text; default "history". */
  readonly file?: string;
}

export interface Witness {
  /** The key, or the smallest of the keys, that the answer is about. */
  readonly part: string;
  /** The operation whose answer no order explains, and that in one sentence. */
  readonly operation: Operation;
  readonly says: string;
  /** The fewest answers that were found to contradict each other, whatever all others did; empty where none fewer were found. */
  readonly contradiction: readonly Operation[];
}

export interface CheckResult {
  /** "unknown": the budget ran out, or nothing was acknowledged or read, so that a legal order proves nothing. */
  readonly linearizable: boolean | "unknown";
  /** A whole sentence. */
  readonly because: string;
  readonly operations: number;
  readonly parts: number;
  readonly configurations: number;
  /** One for each part that was found to have no legal order. */
  readonly witnesses: readonly Witness[];
}

/**
 * The operations of a history in any notation that `gameday check-history` reads, in their most credible reading. Throws GamedayError, with
 * line and column, for what is no history of the model.
 */
export function parseHistory(text: string, options: TextOptions & { readonly model: string }): Operation[] {
  return importHistory(text, { file: "history", ...options, model: modelNamed(options.model) });
}

/** Is there an order of the operations, each between its call and its answer, that the model allows? Their order in the list does not matter. */
export function checkHistory(operations: readonly Operation[], options: CheckOptions): CheckResult {
  return resultOf(check(operations, modelNamed(options.model), optionsOf(options)), options);
}

/**
 * Like `checkHistory`, of a text. A text that can be read in several ways is answered where they agree; where they do not, a GamedayError names
 * the option that decides.
 */
export function checkText(text: string, options: TextOptions & CheckOptions): CheckResult {
  const { file = "history" } = options;
  const model = modelNamed(options.model);
  const readings = readHistory(text, { ...options, file, model });
  return resultOf(decide(file, readings, model, optionsOf(options)).result, options);
}

export interface ClaimEvidence {
  /** What the claim is about; operations and ledger lines of other objects are passed over. */
  readonly object: string;
  /** The checker's options, as a plan gives them. */
  readonly options?: Readonly<Record<string, Json>>;
  readonly operations: readonly Operation[];
  /** What is read at the end: items, and a line at the end of each read. */
  readonly ledger?: readonly LedgerLine[];
  readonly facts?: Partial<RunFacts>;
}

/** What one checker ("acked-set", "bank-total" ...) finds in the evidence. Throws GamedayError for options that it does not take. */
export function checkClaim(checker: string, evidence: ClaimEvidence): Finding {
  const { object, options = {}, operations, ledger = [], facts = {} } = evidence;
  const claim = { object, checkers: [checker], options };
  validateClaim(claim);
  const begun = checkerNamed(checker).begin(claim, { runId: "run", faults: [], lostWorkers: [], ...facts });
  for (const operation of operations) begun.operation(operation);
  for (const line of ledger) begun.ledger(line);
  return begun.finish();
}

function optionsOf({ initial, budget }: CheckOptions) {
  return { budget: { ...DEFAULT_BUDGET, ...budget }, ...(initial === undefined ? {} : { initial }) };
}

function resultOf(verdict: HistoryVerdict, { model: name, initial }: CheckOptions): CheckResult {
  const { linearizable, operations, parts, configurations, refutations } = verdict;
  const refuted = linearizable === false ? refutations : [];
  const witnesses = refuted.map((refutation, at) => ({
    part: refutation.part,
    operation: refutation.operation,
    says: explain(refutation),
    contradiction: at > 0 ? [] : coreOf(refutation, modelNamed(name), initial === undefined ? {} : { initial }),
  }));
  return { linearizable, because: becauseOf(verdict, witnesses), operations, parts, configurations, witnesses };
}

function becauseOf(verdict: HistoryVerdict, [first]: readonly Witness[]): string {
  if (first !== undefined) return `${first.says}.`;
  if (verdict.gap !== null) return verdict.gap;
  if (verdict.linearizable === "unknown") return spentOf(verdict);
  return `All ${verdict.operations} operations fit an order that keeps real time.`;
}
