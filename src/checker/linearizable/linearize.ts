/**
 * Decides the linearizability of a whole history. Parts that no single operation touches together are decided separately: a
 * history is linearizable if and only if each object's part is (locality; Herlihy, Wing: Linearizability, 1990, theorem 1).
 * Usually a part is one key; keys that a transaction touches together form one part.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import { type Budget, DEFAULT_BUDGET, type SearchResult } from "./budget.ts";
import type { Model } from "./model.ts";
import { type Part, type PartResult, Referee, type Refutation } from "./part.ts";
import { partition } from "./partition.ts";

export interface LinearizeOptions {
  /** The value of the object before the first operation, in the shape that the model defines. */
  readonly initial?: Json;
  readonly budget?: Budget;
}

export interface Linearization {
  /** false if some part has no legal order. "unknown" if no part is refuted, but the budget ran out in one. */
  readonly linearizable: boolean | "unknown";
  readonly operations: number;
  readonly parts: number;
  /**
   * Number of parts that are not decided. As soon as some part is refuted the answer is no, and the other parts are not searched
   * to the end.
   */
  readonly undecided: number;
  /** The part of the budget that ran out, if the answer is unknown. */
  readonly spent: SearchResult["spent"];
  /** Number of configurations examined, over all parts. */
  readonly configurations: number;
  /** One refutation for each part that is refuted (or undecided, if the answer is unknown), in order of the parts' names. */
  readonly refutations: readonly Refutation[];
}

/**
 * Each part receives at least this many configurations in the first round, so that one hard part does not hide easy results in
 * other parts.
 */
const FIRST_ROUND_MIN = 1_000;
const FIRST_ROUND = 10_000;
const SECOND_ROUND = 20_000;
const GROWTH = 8;

/**
 * Decides a history. The operations may be in any order; refused ones are ignored. Throws GamedayError for operations that do not
 * belong to the model.
 *
 * The decision proceeds in rounds, easy parts first: an equal share of a small budget for every part; then the special
 * algorithms; then growing shares. A round that refutes a part is the last one.
 */
export function linearize(
  operations: readonly Operation[],
  model: Model,
  options: LinearizeOptions = {},
): Linearization {
  const rounds = new Rounds(partition(operations, model, options.initial), model, options.budget ?? DEFAULT_BUDGET);
  rounds.run();
  return { operations: operations.length, ...rounds.summary() };
}

class Rounds {
  readonly #parts: readonly Part[];
  readonly #referee: Referee;
  readonly #budget: Budget;
  readonly #results: (PartResult | undefined)[];
  #left: number;

  constructor(parts: readonly Part[], model: Model, budget: Budget) {
    this.#parts = parts;
    this.#referee = new Referee(model);
    this.#budget = budget;
    this.#results = parts.map(() => undefined);
    this.#left = budget.configurations;
  }

  run(): void {
    const { configurations } = this.#budget;
    const count = Math.max(1, this.#parts.length);
    const share =
      count === 1 ? FIRST_ROUND : Math.max(FIRST_ROUND_MIN, Math.min(FIRST_ROUND, configurations / 2) / count);
    this.#round((part) => this.#referee.easy(part, this.#limit(Math.floor(share))));
    this.#round((part) => this.#referee.special(part));
    for (let each = SECOND_ROUND; this.#open().length > 0 && this.#left > 0; each *= GROWTH) {
      const isLast = this.#open().length === 1 || each >= this.#left;
      this.#round((part) => this.#referee.hard(part, this.#limit(isLast ? this.#left : each)));
      if (isLast) break;
    }
  }

  summary(): Omit<Linearization, "operations"> {
    const statuses = this.#results.map((result) => result?.linearizable ?? "unknown");
    const linearizable = statuses.includes(false) ? false : statuses.includes("unknown") ? "unknown" : true;
    const refutations = this.#results.flatMap((result, at) =>
      statuses[at] === linearizable && result?.refutation != null ? [result.refutation] : [],
    );
    return {
      linearizable,
      parts: this.#parts.length,
      undecided: statuses.filter((status) => status === "unknown").length,
      spent: linearizable === "unknown" ? this.#spent() : null,
      configurations: this.#budget.configurations - this.#left,
      refutations,
    };
  }

  #spent(): SearchResult["spent"] {
    return this.#results.some((result) => result?.spent === "configurations") ? "configurations" : "memory";
  }

  /** Returns the indices of the parts that a larger share might decide; none if some part is refuted already. */
  #open(): number[] {
    if (this.#results.some((result) => result?.linearizable === false)) return [];
    return this.#parts.flatMap((_, at) => (isOpen(this.#results[at]) ? [at] : []));
  }

  #round(decide: (part: Part) => PartResult | undefined): void {
    for (const at of this.#open()) {
      if (this.#left <= 0) break;
      const result = decide(this.#parts[at] as Part);
      this.#left -= result?.configurations ?? 0;
      this.#results[at] = result ?? this.#results[at];
    }
  }

  #limit(configurations: number): Budget {
    return { ...this.#budget, configurations: Math.min(configurations, this.#left) };
  }
}

function isOpen(result: PartResult | undefined): boolean {
  return result === undefined || (result.linearizable === "unknown" && result.spent !== "memory");
}
