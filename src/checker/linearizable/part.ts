/**
 * One part of a history, and the ways to decide it, from the cheapest to the most expensive.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { Budget, Obstacle, SearchResult } from "./budget.ts";
import type { Machine } from "./machine.ts";
import type { Model } from "./model.ts";
import { search } from "./search.ts";

export interface Part {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly initial: Json | undefined;
}

/** Why a history, or one part of it, has no legal order; small enough to read. */
export interface Refutation {
  readonly part: string;
  /** The operation whose answer fits no order; `states` are the states that the object could have had by then. */
  readonly operation: Operation;
  readonly says: string;
  readonly states: readonly string[];
  /** Set if a special algorithm refuted the part and the states are not known: the reason, as the end of a sentence. */
  readonly because?: string;
  /** All operations of the part that were searched, in the order of the history. */
  readonly operations: readonly Operation[];
  /** The last operations of one of the longest orders that were found. */
  readonly last: readonly { readonly operation: Operation; readonly says: string }[];
}

export interface PartResult {
  readonly linearizable: boolean | "unknown";
  readonly configurations: number;
  readonly spent: SearchResult["spent"];
  readonly refutation: Refutation | null;
}

/**
 * The most operations of an easy part. A longer part is not decided within few configurations, and its states may be large: it
 * goes to the special algorithms first.
 */
const EASY_OPERATIONS_MAX = 5_000;
/** The budget of an explanation. */
const EXPLAIN: Budget = { configurations: 50_000, bytes: 16 << 20 };
/** The number of parts that are explained as well as possible. */
const EXPLAINED_MAX = 3;

export class Referee {
  readonly #model: Model;
  #explained = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Runs a short search for the best explanation; returns undefined for a long part. */
  easy(part: Part, budget: Budget): PartResult | undefined {
    if (part.operations.length > EASY_OPERATIONS_MAX) return undefined;
    return this.#search(part, budget, false);
  }

  /** Runs the model's special algorithm; returns undefined if the model has none for such a history. */
  special(part: Part): PartResult | undefined {
    const decision = this.#model.decide?.(part.operations, part.initial);
    if (decision === undefined) return undefined;
    const decided = { linearizable: decision.linearizable, configurations: 0, spent: null };
    if (decision.linearizable) return { ...decided, refutation: null };
    const operation = part.operations[decision.operation] as Operation;
    const says = this.#model.machine([operation], part.name, part.initial).says(0);
    const { because } = decision;
    const own = { part: part.name, operation, says, states: [], because, operations: part.operations, last: [] };
    return { ...decided, refutation: this.#explain(part) ?? own };
  }

  /** Runs the complete search. */
  hard(part: Part, budget: Budget): PartResult {
    const result = this.#search(part, budget, true);
    if (result.linearizable !== false) return result;
    return { ...result, refutation: this.#explain(part) ?? result.refutation };
  }

  /** Runs a search without lookahead for an explanation: it stops at the same answer at which a person would. */
  #explain(part: Part): Refutation | null {
    if (this.#explained++ >= EXPLAINED_MAX) return null;
    const configurations = Math.max(EXPLAIN.configurations, 4 * part.operations.length);
    const result = this.#search(part, { ...EXPLAIN, configurations }, false);
    return result.linearizable === false ? result.refutation : null;
  }

  /** Runs one search. The machine with all its states becomes garbage when the search ends. */
  #search(part: Part, budget: Budget, lookahead: boolean): PartResult {
    const machine = this.#model.machine(part.operations, part.name, part.initial);
    const { linearizable, configurations, spent, obstacle } = search(part.operations, machine, budget, { lookahead });
    const refutation = obstacle === null ? null : refutationOf(part, machine, obstacle);
    return { linearizable, configurations, spent, refutation };
  }
}

function refutationOf(part: Part, machine: Machine, { operation, states, last }: Obstacle): Refutation {
  const named = (index: number) => ({ operation: part.operations[index] as Operation, says: machine.says(index) });
  return { part: part.name, states, ...named(operation), operations: part.operations, last: last.map(named) };
}
