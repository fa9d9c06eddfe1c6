/**
 * Determines from the phases of a run whether it was finished. Evidence made by hand may have no phases. If the tool recorded one
 * phase, it records all of them, so a missing phase means that the run was not finished.
 */
import { PHASES, type Phase } from "../timeline.ts";
import type { EventOf } from "./story.ts";

type PhaseEvents = readonly EventOf<"phase">[];

/** Returns the phases that were not completed, in order; none if no phase was recorded at all. */
export function unfinishedPhases(events: PhaseEvents): Phase[] {
  return events.length === 0 ? [] : PHASES.filter((phase) => !isWhole(events, phase));
}

/** Returns false if the evidence does not show that the clean-up was completed. */
export function isCleanedUp(events: PhaseEvents): boolean {
  return events.length === 0 || isWhole(events, "clean-up");
}

function isWhole(events: PhaseEvents, phase: Phase): boolean {
  const has = (edge: "begin" | "end") => events.some((event) => event.phase === phase && event.edge === edge);
  return has("begin") && has("end");
}
