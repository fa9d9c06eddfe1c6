/**
 * Writes of which every attempt was refused, and that are there all the same: their answer is contradicted. The option `refused` of
 * a claim says what a refusal is worth:
 *
 * - "doubtful" (default): unknown, with the writes as witnesses. Either the app stored what it refused, or something between repeated
 *   the call and the refusal answered the second one (docs/decisions/0031): the evidence does not tell which.
 * - "final": nothing between repeats calls, so a refused write that is there is a violation.
 * - "may-exist": a refusal may mean that it is there already: counted and told, no gap.
 */
import type { Claim } from "../checker.ts";
import { wordOption } from "./option.ts";

export type Refusals = "doubtful" | "final" | "may-exist";

export function refusalsOption(claim: Claim): Refusals {
  return wordOption<Refusals>(claim, "refused", ["doubtful", "final", "may-exist"]);
}

export const REFUSED_PRESENT = "refused in every attempt, yet it is there";

/** What is to be told of them, for each weight that the finding may give it; all null where there is none. */
export function refusedPresent(
  refusals: Refusals,
  present: number,
  refused: number,
): { readonly failure: string | null; readonly gap: string | null; readonly remark: string | null } {
  const says = `${present} of ${refused} refused writes are there all the same`;
  const none = { failure: null, gap: null, remark: null };
  if (present === 0) return none;
  if (refusals === "final") return { ...none, failure: says };
  if (refusals === "may-exist") return { ...none, remark: `${says}, as the claim allows` };
  const gap = `${says}: the app stored what it refused, or something between repeated the call and the refusal answered the second one; "refused" in the claim's options says which can be.`;
  return { ...none, gap };
}
