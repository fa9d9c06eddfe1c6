/**
 * Interprets a failed cas. Some clients report a cas as failed only if its compare failed (so the value was a different one).
 * Others also report one that was never compared, for example because there was no leader (so nothing is known). The notation
 * does not distinguish the two, and often no reason is given. All notations are read in the same way: the cas counts as not
 * applied, with a mark if it may also have been a failed compare.
 */
import type { Operation } from "../../history.ts";

export type FailedCas = "mismatch" | "not-applied";

const NOT_APPLIED = "fail";
const PERHAPS_MISMATCH = "fail, perhaps of the compare";

/** Reasons that concern reaching the server, or the server's state: in these cases nothing was compared. */
const NO_COMPARE =
  /conn|socket|timed?[ -_]?out|closed|reset|refused|unreachable|unavailable|leader|quorum|network|eof|pipe|host|overload|throttl|denied|unauth|disk|\bio\b|\b50\d\b/i;

/** Returns the code of a refused operation, which marks whether it may have been a failed compare. */
export function refusalOf(kind: string, error: string | undefined): string {
  return kind === "cas" && (error === undefined || !NO_COMPARE.test(error)) ? PERHAPS_MISMATCH : NOT_APPLIED;
}

/** Returns whether some cas failed for a reason that may have been its compare. */
export function hasDoubtfulCas(operations: readonly Operation[]): boolean {
  return operations.some(isDoubtful);
}

/** Returns the first such cas, for error messages. */
export function firstDoubtfulCas(operations: readonly Operation[]): Operation | undefined {
  return operations.find(isDoubtful);
}

/** Returns the operations with each such cas as an answered one: the value was a different one. This only adds constraints. */
export function withMismatches(operations: readonly Operation[]): Operation[] {
  return operations.map((operation) =>
    isDoubtful(operation) ? { ...operation, outcome: { type: "ok", output: false } } : operation,
  );
}

function isDoubtful({ outcome }: Operation): boolean {
  return outcome.type === "refused" && outcome.code === PERHAPS_MISMATCH;
}
