/**
 * Decides linearizability of a whole history. Parts that are never touched by one operation together are searched on
 * their own: a history is linearizable if and only if each object's part is (locality; Herlihy, Wing: Linearizability,
 * 1990, theorem 1). Usually a part is one key; keys that a transaction touches together are one part.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { Machine, Model } from "./model.ts";
import { type Budget, DEFAULT_BUDGET, type Obstacle, type SearchResult, search } from "./search.ts";

/** Why a history, or one part of it, has no legal order: small enough to read. */
export interface Refutation {
  readonly part: string;
  /** The operation whose answer no order explains, and all that the object could be by then. */
  readonly operation: Operation;
  readonly says: string;
  readonly states: readonly string[];
  /** All operations of the part that were searched, in the order of the history. */
  readonly operations: readonly Operation[];
  /** The last operations of one of the longest orders that were found. */
  readonly last: readonly { readonly operation: Operation; readonly says: string }[];
}

export interface Linearization {
  /** false: some part has no legal order. "unknown": none is refuted, but the budget ran out in one. */
  readonly linearizable: boolean | "unknown";
  readonly operations: number;
  readonly parts: number;
  /** Configurations looked at, over all parts. */
  readonly configurations: number;
  /** One for each part that is refuted (or undecided, where the answer is unknown), in order of the parts' names. */
  readonly refutations: readonly Refutation[];
}

/** A part gets at least this much in the first round, so that one hard part does not hide what is easy to see in others. */
const FIRST_ROUND_MIN = 1_000;

/**
 * Operations may come in any order; refused ones are ignored. Throws GamedayError for what is not of the model.
 * First every part gets an equal share of half the budget, then the undecided ones get what is left, one by one.
 */
export function linearize(
  operations: readonly Operation[],
  model: Model,
  options: { readonly initial?: Json; readonly budget?: Budget } = {},
): Linearization {
  const budget = options.budget ?? DEFAULT_BUDGET;
  const parts = [...partition(operations, model)].map(([name, all]): Part => {
    const own = model.reduce(all);
    return { name, operations: own, machine: model.machine(own, name, options.initial) };
  });
  const half = Math.floor(budget.configurations / 2 / Math.max(1, parts.length));
  const share = parts.length === 1 ? budget.configurations : Math.max(FIRST_ROUND_MIN, half);
  let left = budget.configurations;
  const spend = (part: Part, configurations: number): SearchResult => {
    const limit = { ...budget, configurations: Math.min(configurations, left) };
    const result = search(part.operations, part.machine, limit);
    left -= result.configurations;
    return result;
  };
  const first = parts.map((part) => spend(part, share));
  const results = parts.map((part, index) => {
    const result = first[index] as SearchResult;
    return result.linearizable === "unknown" && left > result.configurations ? spend(part, left) : result;
  });
  return summarize(operations, parts, results, budget.configurations - left);
}

interface Part {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly machine: Machine;
}

function summarize(
  operations: readonly Operation[],
  parts: readonly Part[],
  results: readonly SearchResult[],
  configurations: number,
): Linearization {
  const statuses = results.map((result) => result.linearizable);
  const linearizable = statuses.includes(false) ? false : statuses.includes("unknown") ? "unknown" : true;
  const refutations = parts.flatMap((part, index) => {
    const result = results[index];
    return result?.obstacle != null && result.linearizable === linearizable ? [refutation(part, result.obstacle)] : [];
  });
  return { linearizable, operations: operations.length, parts: parts.length, configurations, refutations };
}

function refutation(part: Part, { operation, states, last }: Obstacle): Refutation {
  const named = (index: number) => ({
    operation: part.operations[index] as Operation,
    says: part.machine.says(index),
  });
  return { part: part.name, states, ...named(operation), operations: part.operations, last: last.map(named) };
}

/** The operations by part; parts are named by their smallest key and sorted, so that answers do not depend on order. */
function partition(operations: readonly Operation[], model: Model): Map<string, Operation[]> {
  const groups = new KeyGroups();
  const kept = operations.filter(({ outcome }) => outcome.type !== "refused");
  for (const operation of kept) groups.join(model.partsOf(operation));
  const parts = new Map<string, Operation[]>();
  for (const operation of kept) {
    const part = groups.nameOf(model.partsOf(operation)[0] ?? "");
    const own = parts.get(part);
    if (own === undefined) parts.set(part, [operation]);
    else own.push(operation);
  }
  return new Map([...parts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Disjoint sets of keys (union-find with path halving); a set's name is its smallest key. */
class KeyGroups {
  readonly #parent = new Map<string, string>();

  join(keys: readonly string[]): void {
    let root: string | undefined;
    for (const key of keys) {
      const own = this.nameOf(key);
      if (root === undefined || own === root) root = own;
      else {
        const [small, large] = own < root ? [own, root] : [root, own];
        this.#parent.set(large, small);
        root = small;
      }
    }
  }

  nameOf(key: string): string {
    let at = key;
    for (;;) {
      const parent = this.#parent.get(at) ?? at;
      if (parent === at) return at;
      const grandparent = this.#parent.get(parent) ?? parent;
      this.#parent.set(at, grandparent);
      at = grandparent;
    }
  }
}
