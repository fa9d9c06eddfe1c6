/**
 * The ruler of one experiment: its stamps on one line of time whose zero is the bite, over the span in which the fault was held and
 * the spans in which users were down. The stamps are numbered, because their names do not fit on a telephone.
 */
import { el, type ViewElement } from "../view.ts";
import { duration, offset } from "./figures.ts";

export interface RulerStamp {
  readonly title: string;
  readonly atMs: number;
  /** What proves it, or what it is about. */
  readonly says?: string;
  readonly isBad?: boolean;
}

export interface Ruler {
  /** The moment of the bite; of the command if nothing bit. */
  readonly zeroMs: number;
  readonly stamps: readonly RulerStamp[];
  /** The span in which the fault was in force. */
  readonly held: RulerSpan | null;
  readonly down: readonly RulerSpan[];
}

export interface RulerSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export function renderRuler({ zeroMs, stamps, held, down }: Ruler): ViewElement {
  const ordered = [...stamps].sort((a, b) => a.atMs - b.atMs);
  const times = [...ordered.map(({ atMs }) => atMs), ...down.flatMap(({ fromMs, toMs }) => [fromMs, toMs])];
  const [first, last] = [Math.min(...times, zeroMs), Math.max(...times, zeroMs)];
  const margin = Math.max(500, (last - first) * 0.03);
  const [from, to] = [first - margin, last + margin];
  const at = (ms: number) => Math.round((1000 * (ms - from)) / (to - from)) / 10;
  const box = (kind: string, span: RulerSpan) => {
    const width = Math.max(0.4, Math.round(10 * (at(span.toMs) - at(span.fromMs))) / 10);
    return el("i", { class: kind, style: `left:${at(span.fromMs)}%;width:${width}%` });
  };
  return el(
    "div",
    { class: "ruler" },
    el(
      "div",
      { class: "track", role: "img", "aria-label": describe(ordered, zeroMs, down) },
      held !== null && box("held", held),
      down.map((span) => box("down", span)),
      el("b", { class: "zero", style: `left:${at(zeroMs)}%` }),
      ordered.map(({ atMs }) => el("b", { style: `left:${at(atMs)}%` })),
    ),
    el(
      "ol",
      { class: "stamps" },
      ordered.map((stamp) => renderStamp(stamp, zeroMs)),
    ),
  );
}

function renderStamp({ title, atMs, says, isBad }: RulerStamp, zeroMs: number): ViewElement {
  return el(
    "li",
    { class: isBad === true ? "fail" : undefined },
    el("span", { class: "dim" }, `${title} `),
    el("b", {}, fromZero(atMs - zeroMs)),
    says !== undefined && el("small", { class: "dim" }, ` ${says}`),
  );
}

/** Formats a distance from the bite, which itself is 0; less than five milliseconds are not told from it. */
function fromZero(ms: number): string {
  return Math.abs(ms) < 5 ? "0" : offset(ms);
}

function describe(stamps: readonly RulerStamp[], zeroMs: number, down: readonly RulerSpan[]): string {
  const all = stamps.map(({ title, atMs }) => `${title} ${fromZero(atMs - zeroMs)}`);
  const outages = down.map(({ fromMs, toMs }) => `users down for ${duration(toMs - fromMs)}`);
  return `Time from the bite: ${[...all, ...outages].join(", ")}.`;
}
