/**
 * Reads the timeline of evidence that an earlier version wrote as if this version had written it. Before version 3, some facts
 * stood only in texts and in lists of names; this is the one place that still knows those texts and lists. Pure.
 */
import type { FaultTraits, TimelineEvent } from "../timeline.ts";

/** The first version in which the timeline states these facts in fields of its own. */
const FACTS_SINCE_VERSION = 3;

const NOTHING_ELSE: FaultTraits = { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false };
const HOLDS_USERS: FaultTraits = { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true };
const STOPS_PROCESSES: FaultTraits = { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false };

/** The kinds of fault of the versions before 3, as far as anything was known about them. Kinds of today are not added here. */
const TRAITS: ReadonlyMap<string, FaultTraits> = new Map([
  ["latency", HOLDS_USERS],
  ["jitter", HOLDS_USERS],
  ["packet-loss", HOLDS_USERS],
  ["bandwidth", HOLDS_USERS],
  ["connection-reset", HOLDS_USERS],
  ["dns-failure", HOLDS_USERS],
  ["cpu-pressure", HOLDS_USERS],
  ["memory-pressure", { ...HOLDS_USERS, stops: "processes" }],
  ["slow-app", HOLDS_USERS],
  ["disk-full", HOLDS_USERS],
  ["kill-leader", { ...STOPS_PROCESSES, takesLeader: true }],
  ["repeated-kills", { ...STOPS_PROCESSES, takesLeader: true }],
  ["kill-member", STOPS_PROCESSES],
  ["kill-replicas", STOPS_PROCESSES],
  ["kill-proxy", STOPS_PROCESSES],
  ["rolling-restart", STOPS_PROCESSES],
  ["freeze", STOPS_PROCESSES],
  ["drain-node", STOPS_PROCESSES],
  ["power-off-node", { stops: "machines", takesLeader: false, recoversOnlyAfterHeal: false }],
]);

/** The kinds of fault that cut or broke traffic between nodes before their traits said so. Kinds of today are not added here. */
const SEVERING: ReadonlySet<string> = new Set([
  "isolate-leader",
  "partition-node",
  "partition-one-way",
  "partition-sides",
  "packet-loss",
  "connection-reset",
]);

/** How a stop condition was written into `by` of a control event: its name, then why. */
const STOPPED_BY = /^stop condition ([^:]+): /;
/** How the note on an error of a script began. */
const SCRIPT_ERROR = "script error in ";

/**
 * Returns the events of a timeline of the given version with the fields that the current version records. Their shapes are checked
 * later, so a line that is not even an object stays as it is.
 */
export function inCurrentFormat(version: number, timeline: readonly TimelineEvent[]): readonly TimelineEvent[] {
  return timeline.map((event) => {
    if (event === null || typeof event !== "object") return event;
    return withSevers(version >= FACTS_SINCE_VERSION ? event : withFacts(event));
  });
}

/** Adds to the traits of a fault whether it severs nodes, which the first timelines with traits did not record. */
function withSevers(event: TimelineEvent): TimelineEvent {
  if (event.type !== "experiment" || event.traits === undefined || event.traits.severs !== undefined) return event;
  return { ...event, traits: { ...event.traits, severs: SEVERING.has(event.fault) } };
}

function withFacts(event: TimelineEvent): TimelineEvent {
  if (event.type === "control") {
    const condition = STOPPED_BY.exec(event.by)?.[1];
    return condition === undefined ? event : { ...event, condition };
  }
  if (event.type === "note") return event.says.startsWith(SCRIPT_ERROR) ? { ...event, kind: "script-error" } : event;
  if (event.type !== "experiment") return event;
  const traits = TRAITS.get(event.fault) ?? (SEVERING.has(event.fault) ? NOTHING_ELSE : undefined);
  return traits === undefined ? event : { ...event, traits };
}
