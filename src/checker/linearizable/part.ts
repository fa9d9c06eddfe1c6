/** One part of a history, and the ways to decide it, from the cheapest to the dearest. */
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

/** Why a history, or one part of it, has no legal order: small enough to read. */
export interface Refutation {
  readonly part: string;
  /** The operation whose answer no order explains, and all that the object could be by then. */
  readonly operation: Operation;
  readonly says: string;
  readonly states: readonly string[];
  /** Set where a special algorithm refuted the part, and the states are not known: the reason, as the end of a sentence. */
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

/** A longer part is not decided by few configurations, and its states may be large: it goes to the special algorithms first. */
const EASY_OPERATIONS_MAX = 5_000;
/** What an explanation may cost. */
const EXPLAIN: Budget = { configurations: 50_000, bytes: 16 << 20 };
/** So many parts are explained as well as can be. */
const EXPLAINED_MAX = 3;

export class Referee {
  readonly #model: Model;
  #explained = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  /** A short search that looks for the best explanation; undefined for a long part. */
  easy(part: Part, budget: Budget): PartResult | undefined {
    if (part.operations.length > EASY_OPERATIONS_MAX) return undefined;
    return this.#search(part, budget, false);
  }

  /** The model's special algorithm; undefined where it has none for such a history. */
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

  /** The whole search. */
  hard(part: Part, budget: Budget): PartResult {
    const result = this.#search(part, budget, true);
    if (result.linearizable !== false) return result;
    return { ...result, refutation: this.#explain(part) ?? result.refutation };
  }

  /** How far a search comes that does not look ahead: it ends at the answer at which a person would. */
  #explain(part: Part): Refutation | null {
    if (this.#explained++ >= EXPLAINED_MAX) return null;
    const configurations = Math.max(EXPLAIN.configurations, 4 * part.operations.length);
    const result = this.#search(part, { ...EXPLAIN, configurations }, false);
    return result.linearizable === false ? result.refutation : null;
  }

  /** The machine with all its states is garbage once this is done. */
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
