/** Detects evidence that may be only a part of what was recorded; what is missing from it cannot be held against the platform. */
import type { Evidence } from "../evidence.ts";
import { isCleanedUp } from "../timeline/phases.ts";
import type { Story } from "../timeline/story.ts";

/** Returns the reason in words, or null if the evidence is complete. `operations` is the number of operations in the history. */
export function tornBy(evidence: Evidence, story: Story, operations: number): string | null {
  if (evidence.torn !== undefined) return evidence.torn;
  if (!isCleanedUp(story.phases)) return "the run was never finished";
  return operations === 0 && promisesHistory(evidence, story) ? "history absent" : null;
}

/** Returns whether the history must contain operations: those of claims and probes are recorded one by one during the load. */
function promisesHistory({ run: { plan } }: Evidence, story: Story): boolean {
  return story.load.beginMs !== null && (plan.claims.length > 0 || (plan.probes ?? null) !== null);
}
