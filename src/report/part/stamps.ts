/** The stamps of an experiment as its ruler and its picture show them. */
import type { ExperimentVerdict } from "../../experiment.ts";
import type { RulerStamp } from "../../view/ruler.ts";
import type { ExperimentStats } from "../stats.ts";

const HEALERS = {
  platform: "the platform by itself",
  gameday: "only after our own heal",
  nobody: "by nobody, or unseen",
};

/** Returns the zero of an experiment's time: its bite; its command if nothing bit. */
export function zeroOf({ bite, commandedAtMs }: ExperimentVerdict): number {
  return bite?.atMs ?? commandedAtMs ?? 0;
}

export function stampsOf(one: ExperimentVerdict, own: ExperimentStats | null): RulerStamp[] {
  const { commandedAtMs, bite, firstFailureAtMs, heal, healedBy } = one;
  const recoveredMs = recoveredOf(one);
  const firstFailedMs = own?.firstFailedMs ?? null;
  const stamps: (RulerStamp | null)[] = [
    commandedAtMs === null ? null : { title: "commanded", atMs: commandedAtMs },
    bite === null ? null : { title: "bit", atMs: bite.atMs },
    firstFailureAtMs === null ? null : { title: "first failed probe", atMs: firstFailureAtMs },
    firstFailedMs === null ? null : { title: "first failed request, about", atMs: firstFailedMs },
    recoveredMs === null ? null : { title: "users back", atMs: recoveredMs, says: HEALERS[healedBy] },
    heal === null ? null : { title: "healed", atMs: heal.atMs },
  ];
  return stamps.filter((stamp) => stamp !== null);
}

/** Returns since when all probes were answered again; null if there was no outage, or if it never ended. */
export function recoveredOf({ outages }: ExperimentVerdict): number | null {
  if (outages.length === 0 || outages.some(({ end }) => end === null)) return null;
  return Math.max(...outages.map(({ end }) => end?.upperMs ?? 0));
}
