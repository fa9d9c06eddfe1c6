/**
 * Judges writes that were refused in every attempt but exist all the same, which contradicts their answer (docs/decisions/0266).
 * The option `refused` of a claim declares what a refusal guarantees:
 *
 * - "doubtful" (default): the finding is unknown, with the writes as witnesses. Either the app stored what it refused, or an
 *   intermediary repeated the call and the refusal answered the second one (docs/decisions/0031): the evidence cannot distinguish
 *   the two.
 * - "final": no intermediary repeats calls, so a refused write that exists is a violation.
 * - "may-exist": a refusal may mean that the write exists already. It is counted and reported, but is no gap in the evidence.
 */
import type { Claim } from "../checker.ts";
import { wordOption } from "./option.ts";

export type Refusals = "doubtful" | "final" | "may-exist";

export function refusalsOption(claim: Claim): Refusals {
  return wordOption<Refusals>(claim, "refused", ["doubtful", "final", "may-exist"]);
}

export const REFUSED_PRESENT = "refused in every attempt, but present";

/**
 * Returns what to report about these writes: a failure, a gap or a remark, depending on the option; all are null if no such write
 * exists.
 */
export function refusedPresent(
  refusals: Refusals,
  present: number,
  refused: number,
): { readonly failure: string | null; readonly gap: string | null; readonly remark: string | null } {
  const says = `${present} of ${refused} refused writes are present all the same`;
  const none = { failure: null, gap: null, remark: null };
  if (present === 0) return none;
  if (refusals === "final") return { ...none, failure: says };
  if (refusals === "may-exist") return { ...none, remark: `${says}, as the claim allows` };
  const gap = `${says}: the app stored what it refused, or something in between repeated the call and the refusal answered the second one. "refused" in the claim's options chooses between the two.`;
  return { ...none, gap };
}
