/**
 * The checkers as a library: `import { checkHistory } from "gameday/checkers"`. It consists of pure functions over histories in
 * memory, without files, clocks or processes; docs/guide/checkers.md shows how they are used. What is exported here stays
 * compatible.
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

/** A model for `checkHistory`: how an object behaves, and the kinds of operations on it. */
export interface ModelSummary {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly string[];
}

/** All models. `checkers` holds the names of all checkers that `checkClaim` accepts. */
export const models: readonly ModelSummary[] = MODELS.map(({ name, says, kinds }) => ({ name, says, kinds }));
export const checkers: readonly string[] = CHECKERS.map(({ name }) => name);

export interface CheckOptions {
  /** The name of a model: "register", "queue" ... */
  readonly model: string;
  /** The value of the object before the first operation; nothing by default. */
  readonly initial?: Json;
  /** The limits of the search. Limits that are absent default to 10,000,000 configurations and 512 MiB per part. */
  readonly budget?: Partial<Budget>;
}

/** How a text is read. Most of this can be derived from the history itself. */
export interface TextOptions extends Omit<HistoryOptions, "file" | "model"> {
  /** The name of the text in error messages; "history" by default. */
  readonly file?: string;
}

export interface HistoryWitness {
  /** The key that the answer concerns, or the smallest of several keys. */
  readonly part: string;
  /** The operation whose answer fits no order; `says` states this in one sentence. */
  readonly operation: Operation;
  readonly says: string;
  /**
   * The smallest set of answers that was found to be contradictory regardless of all other answers; empty if no smaller set was
   * found.
   */
  readonly contradiction: readonly Operation[];
}

export interface CheckResult {
  /** "unknown" if the budget ran out, or if nothing was acknowledged or read, so that a legal order proves nothing. */
  readonly linearizable: boolean | "unknown";
  /** A complete sentence. */
  readonly because: string;
  readonly operations: number;
  readonly parts: number;
  readonly configurations: number;
  /** One witness for each part that was found to have no legal order. */
  readonly witnesses: readonly HistoryWitness[];
}

/**
 * Parses a history in any notation that `gameday check-history` reads, and returns the operations in their most credible reading.
 * Throws GamedayError, with line and column, if the text is not a history of the model.
 */
export function parseHistory(text: string, options: TextOptions & { readonly model: string }): Operation[] {
  return importHistory(text, { file: "history", ...options, model: modelNamed(options.model) });
}

/**
 * Checks whether an order of the operations exists, each between its call and its answer, that the model allows. The order of the
 * list does not matter.
 */
export function checkHistory(operations: readonly Operation[], options: CheckOptions): CheckResult {
  return resultOf(check(operations, modelNamed(options.model), optionsOf(options)), options);
}

/**
 * Checks a history like `checkHistory`, but from a text. If the text can be read in several ways, the result is what the readings
 * agree on; if they disagree, throws a GamedayError that names the option that decides.
 */
export function checkText(text: string, options: TextOptions & CheckOptions): CheckResult {
  const { file = "history" } = options;
  const model = modelNamed(options.model);
  const readings = readHistory(text, { ...options, file, model });
  return resultOf(decide(file, readings, model, optionsOf(options)).result, options);
}

export interface ClaimEvidence {
  /** The object that the claim is about; operations and ledger lines of other objects are ignored. */
  readonly object: string;
  /** The checker's options, as a plan gives them. */
  readonly options?: Readonly<Record<string, Json>>;
  readonly operations: readonly Operation[];
  /** What was read at the end: items, and an end line for each read. */
  readonly ledger?: readonly LedgerLine[];
  readonly facts?: Partial<RunFacts>;
}

/**
 * Returns the finding of one checker ("acked-set", "bank-total" ...) on the evidence. Throws GamedayError for options that the
 * checker does not accept.
 */
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

function becauseOf(verdict: HistoryVerdict, [first]: readonly HistoryWitness[]): string {
  if (first !== undefined) return `${first.says}.`;
  if (verdict.gap !== null) return verdict.gap;
  if (verdict.linearizable === "unknown") return spentOf(verdict);
  return `All ${verdict.operations} operations fit an order that respects real time.`;
}
