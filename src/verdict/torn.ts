/** Whether evidence may be only a part of what was recorded, so that what is missing from it accuses nobody. */
import type { Evidence } from "../evidence.ts";
import { isCleanedUp } from "../timeline/phases.ts";
import type { Story } from "../timeline/story.ts";

/** In words, or null: it is whole. `operations`: how many the history has. */
export function tornBy(evidence: Evidence, story: Story, operations: number): string | null {
  if (evidence.torn !== undefined) return evidence.torn;
  if (!isCleanedUp(story.phases)) return "the run was never finished";
  return operations === 0 && promisesHistory(evidence, story) ? "history absent" : null;
}

/** Claims and probes are recorded one by one while there is a load. */
function promisesHistory({ run: { plan } }: Evidence, story: Story): boolean {
  return story.load.beginMs !== null && (plan.claims.length > 0 || (plan.probes ?? null) !== null);
}
