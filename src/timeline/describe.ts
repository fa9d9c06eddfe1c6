/** One line for people about each event of the timeline, for the terminal and for the dashboard's log. Pure. */
import type { TimelineEvent } from "../timeline.ts";

/** Returns one line for an event, or null for an event that is only recorded. */
export function describeEvent(event: TimelineEvent): string | null {
  switch (event.type) {
    case "phase":
      return event.edge === "begin" ? `== ${event.phase.replaceAll("-", " ")}` : null;
    case "health":
      return describeHealth(event);
    case "experiment":
      return describeExperiment(event);
    case "fault":
      return `   fault ${event.edge}: ${event.target}${event.witness ? ` (${event.witness.says})` : ""}${event.because ? `: ${event.because}` : ""}`;
    case "entry":
      return event.answers === true
        ? null
        : `   entry ${event.entry} (${event.place}): ${event.because ?? "no answer"}`;
    case "role":
      return event.was === "unknown" ? null : `   ${event.role} ${event.target}: ${event.was} -> ${event.is}`;
    case "replicas":
      return describeReplicas(event);
    case "restart":
      return `   ${event.expected ? "restart" : "UNEXPECTED RESTART"} of ${event.target}: ${event.reason}`;
    case "worker":
      return event.edge === "lost" ? `   LOST load worker ${event.worker}` : null;
    case "gap":
      return `   no data from ${event.source} for ${((event.toMs - event.fromMs) / 1000).toFixed(2)} s: ${event.because}`;
    case "control":
      return `   ${event.command}: ${event.by}`;
    case "residue":
      return `   RESIDUE ${event.what} at ${event.where}`;
    case "closed":
      return null;
    case "load":
      return `   load ${event.edge}: ${event.users} users`;
    case "note":
      if (event.source === "sample") return null; // only recorded
      return `   ${event.source}: ${event.says.split("\n", 1)[0]}`;
  }
}

/** Describes a change of the replicas; syncs of an autoscaler that change nothing are only recorded. */
function describeReplicas({
  current,
  ready,
  desired,
  detail,
}: Extract<TimelineEvent, { type: "replicas" }>): string | null {
  if (detail === undefined) return `   replicas: ${ready} ready of ${desired} wanted`;
  return current === desired ? null : `   autoscaler: ${current} -> ${desired} replicas`;
}

/** Describes a health line: before the run every line, later only the lines that do not hold. */
function describeHealth(event: Extract<TimelineEvent, { type: "health" }>): string | null {
  if (!event.ok) return `   BAD  ${event.name}: ${event.seen} (expected ${event.expected})`;
  return event.moment === "before-run" ? `   ok   ${event.name}: ${event.seen}` : null;
}

function describeExperiment(event: Extract<TimelineEvent, { type: "experiment" }>): string {
  const targets = event.targets.map((target) => target.id).join(", ");
  return `-- ${event.experiment} [${event.fault}] ${event.edge}${targets ? `: ${targets}` : ""}${event.because ? `: ${event.because}` : ""}`;
}
