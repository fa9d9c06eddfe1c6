/** Outages as the probes felt them, by number and by time, whatever caused them. */
import type { Range } from "../outage/interval.ts";
import type { FeltOutage } from "../outage/outages.ts";
import { contains, type Span } from "../outage/span.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure, nothing, type Over, type OverKey, type Reading } from "./measure.ts";
import { windowKey } from "./windows.ts";

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
  const spans = spansOf(over, facts);
  if (spans === null) return `there was no window "${over["window"] ?? "during"}" in this run`;
  const outages = facts.outages.filter(
    (outage) =>
      (over["class"] === undefined || outage.class === over["class"]) &&
      spans.some((span) => contains(span, outage.begin.upperMs)),
  );
  const doubt = facts.doubts.find(
    ({ kind, span }) =>
      kind === "probes" && (span === null || spans.some((own) => own.fromMs < span.toMs && span.fromMs < own.toMs)),
  );
  return { outages, doubt: outages.length > 0 ? undefined : doubt?.because };
}

function spansOf(over: Over, facts: Facts): readonly Span[] | null {
  const key = windowKey(over, "whole");
  if (key === "whole") return [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }];
  return facts.windows.find((window) => window.key === key)?.spans ?? null;
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
