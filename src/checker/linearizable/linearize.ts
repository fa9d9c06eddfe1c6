/**
 * Decides linearizability of a whole history. Parts that are never touched by one operation together are decided on
 * their own: a history is linearizable if and only if each object's part is (locality; Herlihy, Wing: Linearizability,
 * 1990, theorem 1). Usually a part is one key; keys that a transaction touches together are one part.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import { type Budget, DEFAULT_BUDGET, type SearchResult } from "./budget.ts";
import type { Model } from "./model.ts";
import { type Part, type PartResult, Referee, type Refutation } from "./part.ts";
import { partition } from "./partition.ts";

export interface LinearizeOptions {
  /** What the object holds before the first operation; the model says in which shape. */
  readonly initial?: Json;
  readonly budget?: Budget;
}

export interface Linearization {
  /** false: some part has no legal order. "unknown": none is refuted, but the budget ran out in one. */
  readonly linearizable: boolean | "unknown";
  readonly operations: number;
  readonly parts: number;
  /** Parts that are not decided: where some part is refuted the answer is no, and the rest is not looked at to its end. */
  readonly undecided: number;
  /** Which part of the budget ran out, where the answer is unknown. */
  readonly spent: SearchResult["spent"];
  /** Configurations looked at, over all parts. */
  readonly configurations: number;
  /** One for each part that is refuted (or undecided, where the answer is unknown), in order of the parts' names. */
  readonly refutations: readonly Refutation[];
}

/** A part gets at least this much in the first round, so that one hard part does not hide what is easy to see in others. */
const FIRST_ROUND_MIN = 1_000;
const FIRST_ROUND = 10_000;
const SECOND_ROUND = 20_000;
const GROWTH = 8;

/**
 * Operations may come in any order; refused ones are ignored. Throws GamedayError for what is not of the model.
 *
 * In rounds, easy ones first: an equal share of a small budget for every part; the special algorithms; then shares that grow.
 * A round that refutes a part is the last one.
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

  /** Indices of the parts that a larger share might decide, unless some part is refuted already: then none. */
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
