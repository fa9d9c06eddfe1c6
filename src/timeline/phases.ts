/**
 * What the phases of a run say of its end. Evidence that was made by hand has none, and promises none; where the tool
 * recorded one, it records all, so that one that is missing says that the run was not finished.
 */
import { PHASES, type Phase } from "../timeline.ts";
import type { EventOf } from "./story.ts";

type PhaseEvents = readonly EventOf<"phase">[];

/** The phases that did not come to their end, in their order; none where no phase was recorded at all. */
export function unfinishedPhases(events: PhaseEvents): Phase[] {
  return events.length === 0 ? [] : PHASES.filter((phase) => !isWhole(events, phase));
}

/** False: the clean-up is not known to have come to its end. */
export function isCleanedUp(events: PhaseEvents): boolean {
  return events.length === 0 || isWhole(events, "clean-up");
}

function isWhole(events: PhaseEvents, phase: Phase): boolean {
  const has = (edge: "begin" | "end") => events.some((event) => event.phase === phase && event.edge === edge);
  return has("begin") && has("end");
}
