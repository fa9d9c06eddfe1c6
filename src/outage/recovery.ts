/**
 * Recovery of users after one fault: from the bite to the sustained recovery, as an interval. An outage that opens while
 * the fault holds is the fault's; after a sustained recovery a further one is the same only if it has RELAPSE_FAILURES or
 * more and opens before our own heal. An outage that opens only after our heal is none by the fault: it is timed from the
 * heal. A fault of several rounds is timed by each round, and as slow as its slowest.
 */
import type { Recovery } from "../outage.ts";
import { maximum, type Range } from "../range.ts";
import { gapsOf } from "./gaps.ts";
import { type FeltOutage, outagesOf } from "./outages.ts";
import type { ProbeStream } from "./samples.ts";
import type { Span } from "./span.ts";

/** Fewer failures after a sustained recovery are a blip: listed, but not the same outage again. */
export const RELAPSE_FAILURES = 3;
/** An answer that took longer than this while no probe failed is counted as users having waited. */
export const STALL_MS = 1_000;

/** The moments of one round of a fault that recovery is measured by, in milliseconds since run start. */
export interface FaultTimes {
  readonly commandedMs: number;
  /** From where recovery counts: seen from inside, or the first failure of users where that came earlier. */
  readonly biteMs: number;
  /** Infinity: the tool itself undid nothing. */
  readonly healCommandedMs: number;
  /** Until when outages are put down to this round, and until when the probes had to watch. */
  readonly reach: Span;
  readonly watchedUntilMs: number;
  /** Of all rounds: what is still open from an earlier one was no failure before the fault. */
  readonly ofAllRounds: Span;
}

export interface StreamRecovery {
  readonly recovery: Recovery;
  readonly outages: readonly FeltOutage[];
  /** Sure to have recovered while the fault still held, or never to have failed. */
  readonly beforeHeal: boolean;
}

/**
 * The outages of a stream that this fault has to answer for. When the first failure was known decides, never when its
 * probe was sent: one that was in flight when the next fault came was sent before that fault, and failed by it.
 */
export function outagesWithin(outages: readonly FeltOutage[], reach: Span): FeltOutage[] {
  return outages.filter(
    ({ firstFailureCompletedMs }) => firstFailureCompletedMs >= reach.fromMs && firstFailureCompletedMs < reach.toMs,
  );
}

/** Over all rounds of a fault; there is at least one. */
export function recoverStream(stream: ProbeStream, rounds: readonly FaultTimes[]): StreamRecovery {
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

function recoverRound(stream: ProbeStream, all: readonly FeltOutage[], times: FaultTimes): StreamRecovery {
  const earlier = outagesWithin(all, { fromMs: times.ofAllRounds.fromMs, toMs: times.reach.fromMs });
  const stillOpen = earlier.filter((outage) => openAt(outage, times.commandedMs));
  const outages = [...stillOpen, ...outagesWithin(all, times.reach)];
  const already = all.find((outage) => openAt(outage, times.commandedMs) && !outages.includes(outage));
  if (already !== undefined) {
    const says = `users already failed ${seconds(times.commandedMs - already.begin.upperMs)} before the fault`;
    return { recovery: noData(says), outages, beforeHeal: false };
  }
  const first = outages[0];
  if (first === undefined) return withoutOutage(stream, times);
  if (first.begin.upperMs >= times.healCommandedMs) return onlyAfterHeal(stream, outages, times);
  const last = lastOfSame(outages, times.healCommandedMs);
  return { recovery: recovered(first, last, times), outages, beforeHeal: endedBy(last, times.healCommandedMs) };
}

/** Users felt nothing of the fault itself, as far as the probes watched while it held; what came after our heal is timed from it. */
function onlyAfterHeal(stream: ProbeStream, outages: readonly FeltOutage[], times: FaultTimes): StreamRecovery {
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
    const says = `not seen to recover for good: probes still failed ${seconds(lowerMs)} after ${from}`;
    return { state: "not-recovered", lowerMs, upperMs: null, says, ...timedFrom };
  }
  const upperMs = Math.max(lowerMs, last.end.upperMs - origin);
  const failures = `${last.failures} failed probe${last.failures === 1 ? "" : "s"}`;
  const quiet = afterHeal ? "no outage by the fault; one that began after our heal " : "";
  const says = `${quiet}recovered ${seconds(lowerMs)} to ${seconds(upperMs)} after ${from} (${failures} in the last outage)`;
  return { state: "recovered", lowerMs, upperMs, says, ...timedFrom };
}

/** No failure at all: an outage can only hide where we did not look, or in answers that were held back. */
function withoutOutage(stream: ProbeStream, times: FaultTimes): StreamRecovery {
  const watch: Span = { fromMs: times.commandedMs, toMs: Math.max(times.watchedUntilMs, times.commandedMs) };
  const samples = stream.samples.filter(({ sentMs }) => sentMs >= watch.fromMs && sentMs < watch.toMs);
  if (samples.length === 0)
    return { recovery: noData("no probe was sent while the fault held"), outages: [], beforeHeal: false };
  const gap = gapsOf(stream, watch).at(-1);
  const stalls = samples.filter((sample) => sample.completedMs - sample.sentMs > STALL_MS);
  const hidden = Math.max(gap?.toMs ?? 0, ...stalls.slice(-1000).map((stall) => stall.completedMs));
  // A slow stream may miss an outage between two of its beats; at the usual rate that is less than anybody asks for.
  const betweenBeatsMs = stream.everyMs ?? 0;
  const upperMs = Math.max(betweenBeatsMs, hidden - times.biteMs);
  if (gap !== undefined && gap.toMs >= watch.toMs) {
    return { recovery: noData(`probes fell silent at ${at(gap.fromMs)}`), outages: [], beforeHeal: false };
  }
  const says = explainQuiet(gap, stalls.length, betweenBeatsMs);
  return { recovery: { state: "no-outage-seen", lowerMs: 0, upperMs, says }, outages: [], beforeHeal: true };
}

function explainQuiet(gap: Span | undefined, stalls: number, betweenBeatsMs: number): string {
  const parts = ["no outage seen: no probe failed"];
  if (betweenBeatsMs > 0) parts.push(`with a beat each ${seconds(betweenBeatsMs)}`);
  if (gap !== undefined) parts.push(`but none was sent from ${at(gap.fromMs)} to ${at(gap.toMs)}`);
  if (stalls > 0) parts.push(`but ${stalls} answer${stalls === 1 ? "" : "s"} took longer than ${seconds(STALL_MS)}`);
  return parts.join(", ");
}

function noData(says: string): Recovery {
  return { state: "no-data", lowerMs: 0, upperMs: null, says };
}

/** The worst of several streams: users have recovered when all of them have. */
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
  // An outage by the fault comes before one that began only after our heal, however long that was.
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
