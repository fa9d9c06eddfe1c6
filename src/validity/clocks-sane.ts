import type { FindingWitness } from "../checker.ts";
import type { LedgerEnd } from "../ledger.ts";
import { isSpan, isStamp } from "../std/stamp.ts";
import type { Round } from "../timeline/rounds.ts";
import type { TimelineEvent } from "../timeline.ts";
import { atSeconds, type Ground, plural, rule } from "./rule.ts";

/** Stamps of two of our processes may differ by this much, and a late timer delays a record. */
const SLACK_MS = 1_000;
/** The last event of the timeline should be the latest stamp; the slack is for remote workers, whose clocks are only measured. */
const AFTER_END_MS = 60_000;

/** Everything is on one clock: nothing ends before it begins, is recorded before it is seen, or is stamped outside the run. */
export const clocksSane = rule("clocks-sane", "All stamps are on one clock: none ends before it begins.", (ground) => {
  const { operations, load } = ground;
  const witnesses = [
    ...operations.impossibleTimes.map((id) => ({ says: "ended before it began, or outside the run", id })),
    ...load.generator.impossible.map((says) => ({ says })),
    ...ledgerStamps(ground),
    ...ground.evidence.timeline.flatMap(eventStamps),
    ...ground.story.experiments.flatMap(({ name, rounds }) => rounds.flatMap((round) => roundStamps(name, round))),
    ...outOfOrder(ground.evidence.timeline),
    ...afterTheEnd(ground),
  ];
  const count = operations.impossible + witnesses.length - operations.impossibleTimes.length;
  if (count === 0) return { status: "pass", because: "No stamp is impossible." };
  const because = `${plural(count, "stamp")} ${count === 1 ? "is" : "are"} impossible: something ends before it begins, or lies outside the run.`;
  return { status: "unknown", because, witnesses, doubts: [{ kind: "all", span: null, because }] };
});

function endsOf({ ledgerReads }: Ground): LedgerEnd[] {
  return [...ledgerReads.values()].flatMap((reads) => reads.completeEnds());
}

function ledgerStamps(ground: Ground): FindingWitness[] {
  return endsOf(ground)
    .filter(({ startedAtMs, completedAtMs }) => !isSpan(startedAtMs, completedAtMs))
    .map(({ read, object }) => ({ says: `read ${read} of "${object}" ended before it began, or outside the run` }));
}

function eventStamps(event: TimelineEvent): FindingWitness[] {
  const { atMs, type } = event;
  if (!isStamp(atMs)) return [{ says: `an event "${type}" lies outside the run` }];
  if (type === "gap" && !isSpan(event.fromMs, event.toMs))
    return [{ says: `a gap of ${event.source} ends before it begins`, atMs }];
  if (type !== "fault" || event.witness === undefined) return [];
  const seenMs = event.witness.atMs;
  if (isStamp(seenMs) && seenMs <= atMs + SLACK_MS) return [];
  return [{ says: `"${event.experiment}" ${event.edge}, seen at ${atSeconds(seenMs)}, after it was recorded`, atMs }];
}

/** Returns the bites that were seen before their command, and the healings that were seen before their bite. */
function roundStamps(experiment: string, { commandedAtMs, changes }: Round): FindingWitness[] {
  return changes.flatMap(({ target, bite, heal }) => {
    const biteMs = bite?.witness?.atMs;
    const healMs = heal?.witness?.atMs;
    const early = biteMs !== undefined && biteMs < commandedAtMs - SLACK_MS;
    const backwards = healMs !== undefined && biteMs !== undefined && healMs < biteMs - SLACK_MS;
    return [
      ...(early ? [{ says: `"${experiment}" was seen to bite ${target} before its command`, atMs: biteMs }] : []),
      ...(backwards ? [{ says: `"${experiment}" was seen healed on ${target} before it bit`, atMs: healMs }] : []),
    ];
  });
}

/** The event types that are stamped when recorded, so that their stamps never decrease. A platform may report others late. */
const IN_ORDER: ReadonlySet<string> = new Set(["phase", "load", "experiment", "fault", "health", "closed"]);

function outOfOrder(timeline: readonly TimelineEvent[]): FindingWitness[] {
  const found: FindingWitness[] = [];
  let lastMs = 0;
  for (const { type, atMs } of timeline) {
    if (!IN_ORDER.has(type)) continue;
    if (atMs < lastMs - SLACK_MS) found.push({ says: `an event "${type}" was recorded after a later one`, atMs });
    lastMs = Math.max(lastMs, atMs);
  }
  return found;
}

function afterTheEnd(ground: Ground): FindingWitness[] {
  const { operations, load, story } = ground;
  const endMs = story.span.toMs + AFTER_END_MS;
  const late = [
    ["an operation", operations.lastMs] as const,
    ...[...load.generator.lastReports].map(([worker, { toMs }]) => [`a report of ${worker}`, toMs] as const),
    ...endsOf(ground).map(({ object, completedAtMs }) => [`a read of "${object}"`, completedAtMs] as const),
  ].filter(([, atMs]) => atMs > endMs);
  return late.map(([what, atMs]) => ({ says: `${what} ends at ${atSeconds(atMs)}, long after the run` }));
}
