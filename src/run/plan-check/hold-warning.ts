import { formatDuration } from "../../plan/duration.ts";
import { contractOf } from "../../platform/capability.ts";
import type { Noticing } from "../../platform/kind.ts";
import type { Target } from "../../platform.ts";
import type { PlannedExperiment } from "./targets.ts";

/**
 * Returns warnings, in words, for a fault that ends before the platform can have noticed it: such an experiment does not show
 * a failover. A `stop` after which a supervisor may restart the process is repaired at once in any case, so that no hold is
 * too short for it. Pure.
 */
export function warnOfHold(
  { experiment: { name, holdMs }, requests }: PlannedExperiment,
  topology: readonly Target[],
  noticed: Readonly<Record<string, Noticing>>,
): string[] {
  const away = requests.filter(
    ({ capability, parameters }) =>
      contractOf(capability).takesAway === true && !("stayDown" in parameters && !parameters.stayDown),
  );
  const isHit = (one: Target) =>
    away.some(({ target }) => target.id === one.id || (target.role === "node" && target.node === one.node));
  return Object.entries(noticed).flatMap(([role, { afterMs, says }]) => {
    const short = holdMs <= afterMs && topology.some((one) => one.role === role && one.leader && isHit(one));
    const held = `"${name}" is held ${formatDuration(holdMs)}, but a missing leader of ${role} is noticed after ${formatDuration(afterMs)} (${says})`;
    return short ? [`${held}: it may be over before another member takes over; hold it longer`] : [];
  });
}
