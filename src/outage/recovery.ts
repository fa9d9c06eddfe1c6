/**
 * Measures the recovery of users after one fault, from the bite to the sustained recovery, as an interval. An outage that opens
 * while the fault holds is caused by the fault. After a sustained recovery, a further outage counts as the same one only if it has
 * at least RELAPSE_FAILURES failures and opens before our own heal. An outage that opens only after our heal is not caused by the
 * fault, and is timed from the heal. A fault of several rounds is timed round by round, and its slowest round counts.
 */
import type { Recovery } from "../outage.ts";
import { maximum, type Range } from "../range.ts";
import { gapMs, gapsOf } from "./gaps.ts";
import { type FeltOutage, outagesOf } from "./outages.ts";
import type { Sample, SampledStream } from "./samples.ts";
import type { Span } from "./span.ts";

/** Fewer failures than this after a sustained recovery are a blip, which is listed but does not continue the outage. */
export const RELAPSE_FAILURES = 3;
/** If an answer took longer than this while no probe failed, users are counted as having waited. */
export const STALL_MS = 1_000;

/** The moments of one round of a fault by which recovery is measured, in milliseconds since the start of the run. */
export interface FaultTimes {
  readonly commandedMs: number;
  /** The start of recovery time: when the bite was seen from inside, or the first failure of users if that came earlier. */
  readonly biteMs: number;
  /** When the tool commanded its own heal; Infinity if the tool undid nothing. */
  readonly healCommandedMs: number;
  /** The span whose outages are attributed to this round; `watchedUntilMs` is the time until which the probes had to watch. */
  readonly reach: Span;
  readonly watchedUntilMs: number;
  /** The reach of all rounds: an outage that is still open from an earlier round did not begin before the fault. */
  readonly ofAllRounds: Span;
}

export interface StreamRecovery {
  readonly recovery: Recovery;
  readonly outages: readonly FeltOutage[];
  /** True if users surely recovered while the fault still held, or never failed because of it. */
  readonly beforeHeal: boolean;
}

/**
 * Returns the outages that are attributed to this fault. What counts is when the first failure was known, not when its probe was
 * sent: a probe in flight when the next fault comes was sent before that fault, but fails because of it.
 */
export function outagesWithin(outages: readonly FeltOutage[], reach: Span): FeltOutage[] {
  return outages.filter(
    ({ firstFailureCompletedMs }) => firstFailureCompletedMs >= reach.fromMs && firstFailureCompletedMs < reach.toMs,
  );
}

/** Returns the recovery of a stream over all rounds of a fault. There must be at least one round. */
export function recoverStream(stream: SampledStream, rounds: readonly FaultTimes[]): StreamRecovery {
  const all = outagesOf(stream);
  const each = rounds.map((times) => recoverRound(stream, all, times));
  const [first] = each;
  if (first !== undefined && each.length === 1) return first;
  return {
    recovery: worstRecovery(each.map(({ recovery }) => recovery)),
    outages: [...new Set(each.flatMap(({ outages }) => outages))],
    beforeHeal: each.every(({ beforeHeal }) => beforeHeal),
  };
}

function recoverRound(stream: SampledStream, all: readonly FeltOutage[], times: FaultTimes): StreamRecovery {
  const earlier = outagesWithin(all, { fromMs: times.ofAllRounds.fromMs, toMs: times.reach.fromMs });
  const stillOpen = earlier.filter((outage) => openAt(outage, times.commandedMs));
  const outages = [...stillOpen, ...outagesWithin(all, times.reach)];
  const already = all.find((outage) => openAt(outage, times.commandedMs) && !outages.includes(outage));
  if (already !== undefined) {
    const says = `users were already failing ${seconds(times.commandedMs - already.begin.upperMs)} before the fault`;
    return { recovery: noData(says), outages, beforeHeal: false };
  }
  const first = outages[0];
  if (first === undefined) return withoutOutage(stream, times);
  if (first.begin.upperMs >= times.healCommandedMs) return onlyAfterHeal(stream, outages, times);
  const last = lastOfSame(outages, times.healCommandedMs);
  return { recovery: recovered(first, last, times), outages, beforeHeal: endedBy(last, times.healCommandedMs) };
}

/** Returns the recovery if users felt nothing while the fault held, as far as the probes watched, but failed after our heal. */
function onlyAfterHeal(stream: SampledStream, outages: readonly FeltOutage[], times: FaultTimes): StreamRecovery {
  const quiet = withoutOutage(stream, { ...times, watchedUntilMs: times.healCommandedMs });
  if (quiet.recovery.state === "no-data") return { ...quiet, outages };
  const first = outages[0] as FeltOutage;
  const after = recovered(first, first, times);
  const upperMs = after.upperMs === null ? null : Math.max(after.upperMs, quiet.recovery.upperMs ?? 0);
  return { recovery: { ...after, upperMs }, outages, beforeHeal: after.state === "recovered" };
}

function openAt(outage: FeltOutage, atMs: number): boolean {
  return outage.firstFailureCompletedMs < atMs && (outage.end === null || outage.end.upperMs > atMs);
}

function lastOfSame(outages: readonly FeltOutage[], healMs: number): FeltOutage {
  const same = outages.filter((outage, at) => {
    return at === 0 || (outage.begin.upperMs < healMs && outage.failures >= RELAPSE_FAILURES);
  });
  return same.at(-1) as FeltOutage;
}

function endedBy(outage: FeltOutage, healMs: number): boolean {
  return outage.end !== null && outage.end.upperMs <= healMs;
}

function recovered(first: FeltOutage, last: FeltOutage, times: FaultTimes): Recovery {
  const afterHeal = first.begin.upperMs >= times.healCommandedMs;
  const origin = afterHeal ? times.healCommandedMs : times.biteMs;
  const lowerMs = Math.max(0, (last.end?.lowerMs ?? last.lastFailureSentMs) - origin);
  const from = afterHeal ? "our heal" : "the bite";
  const timedFrom = afterHeal ? ({ timedFrom: "heal" } as const) : {};
  if (last.end === null) {
    const says = `no sustained recovery seen: probes still failed ${seconds(lowerMs)} after ${from}`;
    return { state: "not-recovered", lowerMs, upperMs: null, says, ...timedFrom };
  }
  const upperMs = Math.max(lowerMs, last.end.upperMs - origin);
  const failures = `${last.failures} failed probe${last.failures === 1 ? "" : "s"}`;
  const quiet = afterHeal ? "no outage by the fault; one that began after our heal " : "";
  const says = `${quiet}recovered ${seconds(lowerMs)} to ${seconds(upperMs)} after ${from} (${failures} in the last outage)`;
  return { state: "recovered", lowerMs, upperMs, says, ...timedFrom };
}

/** Returns the recovery if no probe failed: an outage could hide only in gaps between probes, or in answers that were delayed. */
function withoutOutage(stream: SampledStream, times: FaultTimes): StreamRecovery {
  const watch: Span = { fromMs: times.commandedMs, toMs: Math.max(times.watchedUntilMs, times.commandedMs) };
  const samples = stream.samples.filter(({ sentMs }) => sentMs >= watch.fromMs && sentMs < watch.toMs);
  if (samples.length === 0)
    return { recovery: noData("no probe was sent while the fault held"), outages: [], beforeHeal: false };
  const gap = gapsOf(stream, watch).at(-1);
  const stalls = samples.filter((sample) => sample.completedMs - sample.sentMs > STALL_MS);
  const hidden = Math.max(gap?.toMs ?? 0, ...stalls.slice(-1000).map((stall) => stall.completedMs));
  // A slow stream may miss an outage between two of its beats; at the usual rate such an outage is too short to matter.
  const betweenBeatsMs = longestPauseMs(stream, samples);
  const upperMs = Math.max(betweenBeatsMs, hidden - times.biteMs);
  if (gap !== undefined && gap.toMs >= watch.toMs) {
    return { recovery: noData(`the probes fell silent at ${at(gap.fromMs)}`), outages: [], beforeHeal: false };
  }
  const says = explainQuiet(gap, stalls.length, betweenBeatsMs);
  return { recovery: { state: "no-outage-seen", lowerMs: 0, upperMs, says }, outages: [], beforeHeal: true };
}

/** Returns the longest time between two beats of a slow stream that is no gap; 0 for a stream at the usual rate. */
function longestPauseMs({ everyMs }: SampledStream, samples: readonly Sample[]): number {
  if (everyMs === undefined) return 0;
  const pauses = samples.slice(1).map(({ sentMs }, at) => sentMs - (samples[at] as Sample).sentMs);
  return pauses.filter((ms) => ms <= gapMs(everyMs)).reduce((a, b) => Math.max(a, b), everyMs);
}

function explainQuiet(gap: Span | undefined, stalls: number, betweenBeatsMs: number): string {
  const parts = ["no outage seen: no probe failed"];
  if (betweenBeatsMs > 0) parts.push(`with up to ${seconds(betweenBeatsMs)} between two beats`);
  if (gap !== undefined) parts.push(`but none was sent from ${at(gap.fromMs)} to ${at(gap.toMs)}`);
  if (stalls > 0) parts.push(`but ${stalls} answer${stalls === 1 ? "" : "s"} took longer than ${seconds(STALL_MS)}`);
  return parts.join(", ");
}

function noData(says: string): Recovery {
  return { state: "no-data", lowerMs: 0, upperMs: null, says };
}

/** Returns the worst recovery of several streams: users have recovered only when all streams have. */
export function worstRecovery(recoveries: readonly Recovery[]): Recovery {
  const order = { "no-outage-seen": 0, recovered: 1, "no-data": 2, "not-recovered": 3 } as const;
  const worst = recoveries.reduce((a, b) => (worse(a, b, order) ? b : a));
  const { lower, upper } = recoveries.map(rangeOf).reduce(maximum);
  const isTimed = worst.state === "recovered" && worst.timedFrom === undefined;
  const says = isTimed ? `recovered ${seconds(lower)} to ${seconds(upper)} after the bite` : worst.says;
  return { ...worst, lowerMs: lower, upperMs: Number.isFinite(upper) ? upper : null, says };
}

function worse(a: Recovery, b: Recovery, order: Readonly<Record<Recovery["state"], number>>): boolean {
  if (order[a.state] !== order[b.state]) return order[b.state] > order[a.state];
  // An outage caused by the fault is worse than one that began only after our heal, however long the latter lasted.
  if (a.timedFrom !== b.timedFrom) return a.timedFrom === "heal";
  return rangeOf(b).upper > rangeOf(a).upper;
}

export function rangeOf(recovery: Recovery): Range {
  return { lower: recovery.lowerMs, upper: recovery.upperMs ?? Number.POSITIVE_INFINITY };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function at(ms: number): string {
  return seconds(ms);
}
