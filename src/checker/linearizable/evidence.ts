/**
 * Decides whether a legal order proves anything. If no change was acknowledged, or no answer reveals anything about what was
 * changed, a broken object would have looked the same: such a history is unknown, never correct.
 */
import type { Operation } from "../../history.ts";
import type { Linearization, LinearizeOptions } from "./linearize.ts";
import { linearize } from "./linearize.ts";
import type { Model } from "./model.ts";

export const NOTHING_ACKNOWLEDGED = "No change was acknowledged.";
export const NOTHING_READ = "Nothing was ever read, so nothing could contradict the order.";

export const NOTHING_COMPARED =
  "No key with an acknowledged change was ever read, so nothing could contradict the order.";

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
  const changed = new Set<string>();
  const observed = new Set<string>();
  for (const operation of operations) {
    if (operation.outcome.type !== "ok") continue;
    const { changes, observes } = model.accept(operation);
    for (const part of model.partsOf(operation)) {
      if (changes) changed.add(part);
      if (observes) observed.add(part);
      if (changed.has(part) && observed.has(part)) return null;
    }
  }
  if (changed.size === 0) return NOTHING_ACKNOWLEDGED;
  return observed.size === 0 ? NOTHING_READ : NOTHING_COMPARED;
}
