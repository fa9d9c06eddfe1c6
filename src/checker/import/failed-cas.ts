/**
 * What a failed cas means. Some clients fail a cas whose compare failed (so the value was another), others also one that never came to be
 * compared, for want of a leader say (so nothing is known); the notation does not tell, and often there is no reason beside it.
 * Both are read the same way in every notation: as not applied, with a mark where it may also have been a failed compare.
 */
import type { Operation } from "../../history.ts";

export type FailedCas = "mismatch" | "not-applied";

const NOT_APPLIED = "fail";
const PERHAPS_MISMATCH = "fail, perhaps of the compare";

/** Reasons that are about reaching the server, or about its state: it compared nothing. */
const NO_COMPARE =
  /conn|socket|timed?[ -_]?out|closed|reset|refused|unreachable|unavailable|leader|quorum|network|eof|pipe|host|overload|throttl|denied|unauth|disk|\bio\b|\b50\d\b/i;

/** The code of a refused operation: whether it may be a compare that failed. */
export function refusalOf(kind: string, error: string | undefined): string {
  return kind === "cas" && (error === undefined || !NO_COMPARE.test(error)) ? PERHAPS_MISMATCH : NOT_APPLIED;
}

/** Whether some cas failed for a reason that may have been the compare. */
export function hasDoubtfulCas(operations: readonly Operation[]): boolean {
  return operations.some(isDoubtful);
}

/** The first of them, for complaints. */
export function firstDoubtfulCas(operations: readonly Operation[]): Operation | undefined {
  return operations.find(isDoubtful);
}

/** The same operations, with these cas as answered ones: the value was another. This only adds to what must be explained. */
export function withMismatches(operations: readonly Operation[]): Operation[] {
  return operations.map((operation) =>
    isDoubtful(operation) ? { ...operation, outcome: { type: "ok", output: false } } : operation,
  );
}

function isDoubtful({ outcome }: Operation): boolean {
  return outcome.type === "refused" && outcome.code === PERHAPS_MISMATCH;
}
