import type { TargetReferenceWithNode, Witness } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";

/**
 * Returns a witness for something seen now, from inside the target's node (or from `source`, when it was seen from elsewhere).
 */
export function witness(
  lab: Lab,
  target: Pick<TargetReferenceWithNode, "node">,
  says: string,
  source = `inside ${target.node}`,
): Witness {
  return { atMs: lab.nowMs(), says, source };
}
