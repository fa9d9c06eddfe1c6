/**
 * Explains why a part is not linearizable, in as few answers as can be found: answers that contradict each other regardless of
 * all other operations.
 *
 * Every other answered operation is weakened to an unanswered one, which may have had its effect at any time after its call, or
 * never. Weakening only adds legal orders: an order that was legal remains legal. So if the weakened history has none, the
 * operations that kept their answers suffice to prove it. Smaller and smaller pieces are weakened permanently, as long as the
 * rest is still refuted (Zeller, Hildebrandt: Simplifying and isolating failure-inducing input, 2002). The result is minimal if
 * the budget suffices.
 *
 * Cost: at most O(n^2) searches of n operations, usually O(n); bounded by the number of configurations over all of them.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { Budget } from "./budget.ts";
import type { Model } from "./model.ts";
import type { Refutation } from "./part.ts";
import { search } from "./search.ts";

/**
 * The most configurations over all searches, and for one search. A piece whose removal is not refuted within the limit keeps its
 * answers.
 */
const CONFIGURATIONS_MAX = 400_000;
const CONFIGURATIONS_EACH_MAX = 20_000;
const BYTES_MAX = 64 << 20;
/** The most operations of a part that is explained; a longer part costs more than its explanation is worth. */
const OPERATIONS_MAX = 5_000;

export interface CoreOptions {
  readonly initial?: Json;
  readonly configurations?: number;
}

/** Returns the answers that contradict each other, in order of their calls; empty if nothing smaller than the part was found. */
export function coreOf(refutation: Refutation, model: Model, options: CoreOptions = {}): readonly Operation[] {
  return refutation.operations.length > OPERATIONS_MAX ? [] : new Shrinking(refutation, model, options).run();
}

class Shrinking {
  readonly #refutation: Refutation;
  readonly #model: Model;
  readonly #initial: Json | undefined;
  #left: number;

  constructor(refutation: Refutation, model: Model, { initial, configurations = CONFIGURATIONS_MAX }: CoreOptions) {
    this.#refutation = refutation;
    this.#model = model;
    this.#initial = initial;
    this.#left = configurations;
  }

  run(): readonly Operation[] {
    const { operation, operations } = this.#refutation;
    const answered = operations.filter(isAnswered).toSorted((a, b) => a.invokedAtMs - b.invokedAtMs);
    const until = operation.completedAtMs ?? Number.POSITIVE_INFINITY;
    const before = answered.filter(({ completedAtMs }) => (completedAtMs ?? 0) <= until);
    const start = [before, answered].find((kept) => this.#isRefuted(kept));
    return start === undefined ? [] : this.#shrink(start);
  }

  #shrink(start: readonly Operation[]): readonly Operation[] {
    let core = start;
    let size = Math.ceil(core.length / 2);
    for (;;) {
      const smaller = this.#withoutPieces(core, size);
      if (size <= 1 && smaller.length === core.length) return core;
      core = smaller;
      size = Math.max(1, Math.ceil(size / 2));
    }
  }

  /** Weakens one piece of `size` after another, each permanently if the rest is still refuted. */
  #withoutPieces(start: readonly Operation[], size: number): readonly Operation[] {
    let core = start;
    for (let at = 0; at < core.length && this.#left > 0; ) {
      const without = [...core.slice(0, at), ...core.slice(at + size)];
      if (this.#isRefuted(without)) core = without;
      else at += size;
    }
    return core;
  }

  #isRefuted(kept: readonly Operation[]): boolean {
    if (kept.length === 0 || this.#left <= 0) return false;
    const keeps = new Set(kept);
    const weakened = this.#refutation.operations.map((each) => (keeps.has(each) ? each : weaken(each)));
    const own = this.#model.reduce(weakened);
    const machine = this.#model.machine(own, this.#refutation.part, this.#initial);
    const configurations = Math.min(this.#left, CONFIGURATIONS_EACH_MAX);
    const budget: Budget = { configurations, bytes: BYTES_MAX };
    const result = search(own, machine, budget);
    this.#left -= result.configurations + own.length;
    return result.linearizable === false;
  }
}

function isAnswered({ outcome, completedAtMs }: Operation): boolean {
  return outcome.type === "ok" && completedAtMs !== null;
}

function weaken(operation: Operation): Operation {
  return isAnswered(operation)
    ? { ...operation, outcome: { type: "unknown", code: "left open" }, completedAtMs: null }
    : operation;
}

/**
 * Draws a bar for each operation from its call to its answer. The columns show the order of these events, not their times. An
 * open end is ">".
 */
export function drawn(operations: readonly Operation[]): string[] {
  const times = operations.flatMap(({ invokedAtMs, completedAtMs }) => [invokedAtMs, completedAtMs ?? invokedAtMs]);
  const columns = [...new Set(times)].sort((a, b) => a - b);
  const column = (atMs: number) => columns.indexOf(atMs) * 2;
  const width = columns.length * 2;
  return operations.map(({ invokedAtMs, completedAtMs }) => {
    const from = column(invokedAtMs);
    const to = completedAtMs === null ? width : column(completedAtMs);
    const bar = `${" ".repeat(from)}|${"-".repeat(Math.max(0, to - from - 1))}${completedAtMs === null ? ">" : to > from ? "|" : ""}`;
    return bar.padEnd(width);
  });
}
