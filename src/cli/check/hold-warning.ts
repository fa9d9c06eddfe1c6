import type { ChangeRequest } from "../../fault.ts";
import { formatDuration } from "../../plan/duration.ts";
import type { ExperimentPlan } from "../../plan.ts";
import type { Noticing } from "../../platform/kind.ts";
import type { CapabilityName, Target } from "../../platform.ts";

/** What takes a leader away, so that the platform has to miss it before it can elect another. */
const TAKES_AWAY: readonly CapabilityName[] = ["stop", "freeze", "power", "cut"];

/**
 * Warnings, in words, of a fault that is over before the platform can have noticed it: what such an experiment shows is not a
 * failover. `stop` that a supervisor may start again is mended at once in any case and warned of for no hold. Pure.
 */
export function warnOfHold(
  { name, holdMs }: ExperimentPlan,
  requests: readonly ChangeRequest[],
  topology: readonly Target[],
  noticed: Readonly<Record<string, Noticing>>,
): string[] {
  const away = requests.filter(
    ({ capability, parameters }) => TAKES_AWAY.includes(capability) && parameters["stayDown"] !== false,
  );
  const isHit = (one: Target) =>
    away.some(({ target }) => target.id === one.id || (target.role === "node" && target.node === one.node));
  return Object.entries(noticed).flatMap(([role, { afterMs, says }]) => {
    const short = holdMs <= afterMs && topology.some((one) => one.role === role && one.leader && isHit(one));
    const held = `"${name}" is held ${formatDuration(holdMs)}, and a missing leader of ${role} is noticed after ${formatDuration(afterMs)} (${says})`;
    return short ? [`  warning: ${held}: it may be over before anybody takes over; hold it longer`] : [];
  });
}
