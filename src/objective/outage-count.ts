/** Outages as the probes felt them, by number and by time, whatever caused them. */
import type { Range } from "../outage/interval.ts";
import type { FeltOutage } from "../outage/outages.ts";
import { contains, overlaps } from "../outage/span.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure, nothing, type Over, type OverKey, type Reading } from "./measure.ts";
import { type Window, windowKey } from "./windows.ts";

const OVER: readonly OverKey[] = [
  { name: "window", required: false, says: "outages that begin in this window; default: the whole run" },
  { name: "experiment", required: false, says: "whose before, during (default) or after" },
  { name: "class", required: false, says: "class of the probe; default: all" },
];

interface Selected {
  readonly outages: readonly FeltOutage[];
  readonly doubt: string | undefined;
}

function select(over: Over, facts: Facts): Selected | string {
  const streams = facts.streams.filter((stream) => over["class"] === undefined || stream.class === over["class"]);
  if (streams.length === 0) return "no such probe was running";
  const window = windowOf(over, facts);
  if (window === null) return `there was no window "${over["window"] ?? "during"}" in this run`;
  const { spans } = window;
  const outages = facts.outages.filter(
    (outage) => (over["class"] === undefined || outage.class === over["class"]) && beginsIn(outage, window),
  );
  const doubt = facts.doubts.find(
    ({ kind, span }) => kind === "probes" && (span === null || spans.some((own) => overlaps(own, span))),
  );
  return { outages, doubt: outages.length > 0 ? undefined : doubt?.because };
}

const ALWAYS = {
  spans: [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }],
  takes: "touching",
} as const;

function windowOf(over: Over, facts: Facts): Pick<Window, "spans" | "takes"> | null {
  const key = windowKey(over, "whole");
  if (key === "whole") return ALWAYS;
  return facts.windows.find((window) => window.key === key) ?? null;
}

/** A probe that was in flight when a fault came was sent outside the fault's window and failed inside it. */
function beginsIn(
  { begin, firstFailureCompletedMs }: FeltOutage,
  { spans, takes }: Pick<Window, "spans" | "takes">,
): boolean {
  const within = [begin.upperMs, firstFailureCompletedMs].map((atMs) => spans.some((span) => contains(span, atMs)));
  return takes === "inside" ? within.every(Boolean) : within.some(Boolean);
}

function witness(outage: FeltOutage): string {
  const end = outage.end === null ? "never ended" : `ended by ${(outage.end.upperMs / 1000).toFixed(2)} s`;
  return `${outage.class}/${outage.connection}: from ${(outage.begin.upperMs / 1000).toFixed(2)} s, ${end}, ${outage.failures} failed probes, first ${outage.witnesses[0]}`;
}

export const outages: Measure = {
  name: "outages",
  unit: "outages",
  says: "Outages felt by the probes (each class on each connection counts by itself).",
  over: OVER,
  read: (over, facts) => reading(over, facts, (found) => exactly(found.length)),
};

export const outageSeconds: Measure = {
  name: "outage-seconds",
  unit: "s",
  says: "Time that the worst probe stream was down, all its outages added up, as an interval.",
  over: OVER,
  read: (over, facts) => reading(over, facts, worstStream),
};

function reading(over: Over, facts: Facts, range: (found: readonly FeltOutage[]) => Range): Reading {
  const selected = select(over, facts);
  if (typeof selected === "string") return nothing(selected);
  const { outages: found, doubt } = selected;
  const says = found.length === 0 ? "no outage was felt" : `${found.length} outages were felt`;
  return { range: range(found), says, witnesses: found.map(witness), ...(doubt === undefined ? {} : { doubt }) };
}

function worstStream(found: readonly FeltOutage[]): Range {
  const totals = new Map<string, Range>();
  for (const outage of found) {
    const key = `${outage.class}/${outage.connection}`;
    const before = totals.get(key) ?? { lower: 0, upper: 0 };
    totals.set(key, { lower: before.lower + least(outage), upper: before.upper + most(outage) });
  }
  const all = [...totals.values()];
  return {
    lower: Math.max(0, ...all.map(({ lower }) => lower)) / 1000,
    upper: Math.max(0, ...all.map(({ upper }) => upper)) / 1000,
  };
}

/** The bracket of one outage: from first to last failure at least, from the last success before to the first after at most. */
function least({ begin, lastFailureSentMs }: FeltOutage): number {
  return Math.max(0, lastFailureSentMs - begin.upperMs);
}

function most({ begin, end }: FeltOutage): number {
  return end === null ? Number.POSITIVE_INFINITY : end.upperMs - begin.lowerMs;
}
