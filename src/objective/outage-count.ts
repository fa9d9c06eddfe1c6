/** Measures the outages that the probes felt, by number and by time, whatever their causes. */

import { gapsOf } from "../outage/gaps.ts";
import type { FeltOutage } from "../outage/outages.ts";
import { RECOVERY_HOLD_MS } from "../outage/outages.ts";
import type { SampledStream } from "../outage/samples.ts";
import { contains, overlaps, type Span } from "../outage/span.ts";
import type { Range } from "../range.ts";
import type { Facts } from "./facts.ts";
import { type Measure, nothing, type Over, type OverKey, type Reading } from "./measure.ts";
import { type Window, windowKey } from "./windows.ts";

const OVER: readonly OverKey[] = [
  { name: "window", required: false, says: "outages that begin in this window; default: the whole run" },
  { name: "experiment", required: false, says: "experiment of the window before, during (default) or after" },
  { name: "class", required: false, says: "class of the probe; default: all" },
];

interface Selected {
  readonly outages: readonly FeltOutage[];
  /** The gaps in which a stream should have sent but did not, so that an outage may be hidden there. */
  readonly blind: readonly Blind[];
  readonly doubt: string | undefined;
}

interface Blind {
  readonly stream: string;
  readonly gap: Span;
}

function select(over: Over, facts: Facts): Selected | string {
  const streams = facts.streams.filter((stream) => over["class"] === undefined || stream.class === over["class"]);
  if (streams.length === 0) return "no such probe was running";
  const window = windowOf(over, facts);
  if (window === null) return `there was no window "${over["window"] ?? "during"}" in this run`;
  const { spans } = window;
  if (spans.length === 0) return `the window "${over["window"] ?? "during"}" has no length in this run`;
  const outages = facts.outages.filter(
    (outage) => (over["class"] === undefined || outage.class === over["class"]) && beginsIn(outage, window),
  );
  const doubt = facts.doubts.find(
    ({ kind, span }) => kind === "probes" && (span === null || spans.some((own) => overlaps(own, span))),
  );
  return { outages, blind: streams.flatMap((stream) => blindOf(stream, spans, facts)), doubt: doubt?.because };
}

/** Returns a stream's gaps during the load. Probes beat from before the first user until after the last, and at no other time. */
function blindOf(stream: SampledStream, spans: readonly Span[], { story }: Facts): Blind[] {
  const load = { fromMs: story.load.beginMs ?? story.span.fromMs, toMs: story.load.endMs ?? story.span.toMs };
  return spans.flatMap((span) => {
    const watched = { fromMs: Math.max(span.fromMs, load.fromMs), toMs: Math.min(span.toMs, load.toMs) };
    if (watched.toMs <= watched.fromMs) return [];
    return gapsOf(stream, watched).map((gap) => ({ stream: nameOf(stream), gap }));
  });
}

function nameOf({ class: name, connection }: Pick<SampledStream, "class" | "connection">): string {
  return `${name}/${connection}`;
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

/** Returns whether an outage begins in a window. A probe in flight at a fault was sent before its window but failed within it. */
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
  says: "Outages felt by the probes (each class on each connection counts separately); a gap in the probes' sending may hide more.",
  over: OVER,
  readsProbes: true,
  read: (over, facts) => reading(over, facts, countOf),
};

export const outageSeconds: Measure = {
  name: "outage-seconds",
  unit: "s",
  says: "Total downtime of the worst probe stream, as an interval; a gap in its sending widens it.",
  over: OVER,
  readsProbes: true,
  read: (over, facts) => reading(over, facts, worstStream),
};

function reading(over: Over, facts: Facts, range: (selected: Selected) => Range): Reading {
  const selected = select(over, facts);
  if (typeof selected === "string") return nothing(selected);
  const { outages: found, blind, doubt } = selected;
  const felt = found.length === 0 ? "no outage was felt" : `${found.length} outages were felt`;
  const says = blind.length === 0 ? felt : `${felt}, but ${blindness(blind)}`;
  // The outages that were felt are certain; that there were no others is not.
  const uncertain = doubt === undefined ? {} : found.length === 0 ? { doubt } : { cannotPass: doubt };
  return { range: range(selected), says, witnesses: found.map(witness), ...uncertain };
}

function blindness(blind: readonly Blind[]): string {
  const [first] = blind;
  if (first === undefined) return "";
  const at = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const more = blind.length === 1 ? "" : ` (and ${blind.length - 1} more gaps)`;
  return `${first.stream} sent nothing from ${at(first.gap.fromMs)} to ${at(first.gap.toMs)}${more}`;
}

/** Counts outages. A gap may hide one, and one more for each sustained recovery that fits into it, as only that ends an outage. */
function countOf({ outages: found, blind }: Selected): Range {
  const hidden = blind.reduce((sum, { gap }) => sum + 1 + Math.floor((gap.toMs - gap.fromMs) / RECOVERY_HOLD_MS), 0);
  return { lower: found.length, upper: found.length + hidden };
}

function worstStream({ outages: found, blind }: Selected): Range {
  const totals = new Map<string, Range>();
  const add = (stream: string, lower: number, upper: number) => {
    const before = totals.get(stream) ?? { lower: 0, upper: 0 };
    totals.set(stream, { lower: before.lower + lower, upper: before.upper + upper });
  };
  for (const outage of found) add(nameOf(outage), least(outage), most(outage));
  for (const { stream, gap } of blind) add(stream, 0, gap.toMs - gap.fromMs);
  const all = [...totals.values()];
  return {
    lower: Math.max(0, ...all.map(({ lower }) => lower)) / 1000,
    upper: Math.max(0, ...all.map(({ upper }) => upper)) / 1000,
  };
}

/** Returns the least length of an outage: from its first to its last failure. `most` spans the successes before and after it. */
function least({ begin, lastFailureSentMs }: FeltOutage): number {
  return Math.max(0, lastFailureSentMs - begin.upperMs);
}

function most({ begin, end }: FeltOutage): number {
  return end === null ? Number.POSITIVE_INFINITY : end.upperMs - begin.lowerMs;
}
