/**
 * Decides whether a legal order proves anything. If no change was acknowledged, or no answer reveals anything about the object, a
 * broken object would have looked the same: such a history is unknown, never correct.
 */
import type { Operation } from "../../history.ts";
import type { Linearization, LinearizeOptions } from "./linearize.ts";
import { linearize } from "./linearize.ts";
import type { Model } from "./model.ts";

export const NOTHING_ACKNOWLEDGED = "Not one change was acknowledged.";
export const NOTHING_READ = "Nothing was ever read, so nothing could contradict the order.";

export interface HistoryVerdict extends Linearization {
  /**
   * A complete sentence that explains why a legal order proves nothing here; null if it proves something, or if no order exists.
   */
  readonly gap: string | null;
}

/** Decides a history like `linearize`, but returns unknown if the history could not have shown that the object is broken. */
export function checkHistory(
  operations: readonly Operation[],
  model: Model,
  options: LinearizeOptions = {},
): HistoryVerdict {
  const result = linearize(operations, model, options);
  const gap = result.linearizable === true ? gapOf(operations, model) : null;
  return { ...result, linearizable: gap === null ? result.linearizable : "unknown", gap };
}

function gapOf(operations: readonly Operation[], model: Model): string | null {
  if (!operations.some((operation) => isAnswered(operation) && model.accept(operation).changes)) {
    return NOTHING_ACKNOWLEDGED;
  }
  return operations.some((operation) => isAnswered(operation) && model.accept(operation).observes)
    ? null
    : NOTHING_READ;
}

function isAnswered({ outcome }: Operation): boolean {
  return outcome.type === "ok";
}
