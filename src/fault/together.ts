/** Refuses faults that may not be in force together. Pure. */

import type { ChangeRequest, FaultKind } from "../fault.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/** Throws GamedayError, with the reason, if the kind may not be in a group. */
export function requireComposable({ name, alone }: FaultKind): void {
  if (alone === null) return;
  throw new GamedayError({
    code: "not-composable",
    expected: "faults that may be in force together",
    got: `"${name}": ${alone}`,
    hint: "move the experiment out of the group, before or after it",
    exitCode: ExitCode.usage,
  });
}

/**
 * Throws GamedayError, naming them, if two changes use the same capability on the same target: reverting one would remove the
 * other.
 */
export function requireApart(requests: readonly ChangeRequest[]): void {
  const seen = new Set<string>();
  for (const { capability, target } of requests) {
    const key = `${capability} of ${target.id}`;
    if (seen.has(key))
      throw new GamedayError({
        code: "together-on-one-target",
        expected: "faults of a group to change different things",
        got: `${key} twice`,
        hint: "choose distinct targets, by node or by name",
        exitCode: ExitCode.notReady,
      });
    seen.add(key);
  }
}
