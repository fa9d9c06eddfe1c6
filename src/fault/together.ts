/** Defines which kinds of fault may be in force together, and why the others may not. Pure. */

import type { ChangeRequest } from "../fault.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/**
 * The kinds that may be combined: their changes are applied and reverted one by one, and none removes another or waits for
 * what another has stopped.
 */
export const COMPOSABLE: ReadonlySet<string> = new Set([
  "kill-leader",
  "kill-member",
  "kill-replicas",
  "kill-proxy",
  "freeze",
  "partition-node",
  "partition-one-way",
  "partition-sides",
  "isolate-leader",
  "latency",
  "jitter",
  "packet-loss",
  "connection-reset",
  "dns-failure",
  "cpu-pressure",
  "slow-app",
  "disk-full",
]);

/** Every other kind, with the reason why it must be injected alone. */
export const ALONE: Readonly<Record<string, string>> = {
  "rolling-restart": "it waits for each target to be back before the next, which another fault may prevent",
  "repeated-kills": "it waits for each victim to be back before the next, which another fault may prevent",
  "drain-node": "it waits for evicted replicas to be ready elsewhere, which another fault may prevent",
  "power-off-node": "it ends the node with all that other faults have put there",
  bandwidth: "it and the faults that delay would take the same network card apart",
  "memory-pressure": "what it kills is started again without what other faults have put on it",
  "clock-skew": "it restarts its target without what other faults have put on it",
  command: "nobody knows what the plan's own commands touch",
};

/** Throws GamedayError, with the reason, if the kind may not be in a group. */
export function requireComposable(fault: string): void {
  if (COMPOSABLE.has(fault)) return;
  throw new GamedayError({
    code: "not-composable",
    expected: "faults that may be in force together",
    got: `"${fault}": ${ALONE[fault] ?? "it is not declared composable"}`,
    hint: "let the experiment stand by itself, before or after the others",
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
        hint: "choose targets that cannot meet, by node or by name",
        exitCode: ExitCode.notReady,
      });
    seen.add(key);
  }
}
