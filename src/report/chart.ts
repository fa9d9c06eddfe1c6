/** Draws the timeline as one inline SVG: lanes of the probes with their outages, panels of the load, and bands for the faults. */
import type { Facts } from "../objective/facts.ts";
import { gapsOf } from "../outage/gaps.ts";
import type { Span } from "../outage/span.ts";
import { stampsOf } from "../timeline/rounds.ts";
import { number, seconds } from "./format.ts";
import { element, fragment, type Markup } from "./markup.ts";
import { type Panel, panelsOf } from "./panel.ts";
import type { Stats } from "./stats.ts";

const WIDTH = 1000;
const LEFT = 150;
const RIGHT = 16;
const LANE = 18;
const GAP = 26;
const LABEL_LINE = 14;
/** The approximate width of a letter in a label. */
const LETTER = 6.6;

export interface ChartScale {
  /** The position at which the lanes begin, below the labels of the faults. */
  readonly top: number;
  readonly labels: readonly Label[];
  readonly span: Span;
  x(ms: number): number;
  width(span: Span): number;
}

interface Label {
  readonly x: number;
  readonly row: number;
  readonly text: string;
}

export function renderChart(facts: Facts, stats: Stats): Markup {
  const scale = scaleOf(facts);
  const lanes = facts.streams.length * LANE;
  const panels = panelsOf(stats, scale, { left: LEFT, width: WIDTH - LEFT - RIGHT });
  const placed = place(panels, scale.top + lanes + GAP);
  const height = placed.bottom + 30;
  return element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", class: "chart", "aria-label": "Timeline of the run" },
    faultBands(facts, scale, placed.bottom),
    laneMarks(facts, scale),
    placed.markup,
    axis(scale, placed.bottom),
  );
}

function scaleOf(facts: Facts): ChartScale {
  const { span } = facts.load;
  const perMs = (WIDTH - LEFT - RIGHT) / Math.max(1, span.toMs - span.fromMs);
  const x = (ms: number) => round(LEFT + (Math.min(Math.max(ms, span.fromMs), span.toMs) - span.fromMs) * perMs);
  const labels = labelsOf(facts, x);
  const top = (1 + Math.max(1, ...labels.map(({ row }) => row))) * LABEL_LINE + 6;
  return { top, labels, span, x, width: ({ fromMs, toMs }) => Math.max(1.5, round(x(toMs) - x(fromMs))) };
}

/** Places each label at the start of its fault, in the first row in which it does not overlap another label. */
function labelsOf({ story }: Facts, x: (ms: number) => number): Label[] {
  const ends: number[] = [];
  return story.experiments.map((experiment) => {
    const text = shorten(experiment.name);
    const width = text.length * LETTER;
    const at = Math.min(x(experiment.commandedAtMs ?? experiment.beganAtMs) + 3, WIDTH - width);
    const free = ends.findIndex((end) => end < at);
    const row = free < 0 ? ends.length : free;
    ends[row] = at + width + LETTER;
    return { x: round(at), row, text };
  });
}

function place(panels: readonly Panel[], top: number): { readonly markup: Markup; readonly bottom: number } {
  let y = top;
  const placed = panels.map((panel) => {
    const markup = element("g", { transform: `translate(0 ${y})` }, panel.markup);
    y += panel.height + GAP;
    return markup;
  });
  return { markup: fragment(placed), bottom: y - GAP };
}

/** Draws a band for each fault, from the command to the healing, with its label above the lanes. */
function faultBands({ story }: Facts, scale: ChartScale, bottom: number): Markup {
  const bands = story.experiments.map((experiment, at) => {
    const fromMs = experiment.commandedAtMs ?? experiment.beganAtMs;
    const toMs = Math.max(fromMs, stampsOf(experiment.rounds, "heal").at(-1)?.atMs ?? experiment.endedAtMs ?? fromMs);
    const span = { fromMs, toMs };
    const label = scale.labels[at];
    return [
      element(
        "rect",
        {
          x: scale.x(fromMs),
          y: scale.top - 4,
          width: scale.width(span),
          height: bottom - scale.top + 4,
          class: "fault",
        },
        element("title", {}, `${experiment.name}: ${seconds(fromMs)} to ${seconds(toMs)}`),
      ),
      label === undefined
        ? null
        : element("text", { x: label.x, y: 12 + label.row * LABEL_LINE, class: "fault-label" }, label.text),
    ];
  });
  return fragment(...bands.flat());
}

function laneMarks(facts: Facts, scale: ChartScale): Markup {
  const lanes = facts.streams.map((stream, at) => {
    const y = scale.top + at * LANE;
    const own = facts.outages.filter((one) => one.class === stream.class && one.connection === stream.connection);
    const first = stream.samples[0]?.sentMs ?? scale.span.fromMs;
    const watched = { fromMs: first, toMs: stream.samples.at(-1)?.sentMs ?? first };
    return [
      element(
        "text",
        { x: LEFT - 8, y: y + 11, class: "lane-label" },
        `${shorten(stream.class)}, ${stream.connection}`,
      ),
      element("rect", {
        x: scale.x(watched.fromMs),
        y: y + 2,
        width: scale.width(watched),
        height: LANE - 8,
        class: "up",
      }),
      gapsOf(stream, watched).map((gap) => laneBar(gap, y, scale, { kind: "gap", says: "no data" })),
      own.map((outage) => {
        const toMs = outage.end?.upperMs ?? scale.span.toMs;
        const says = `outage, ${outage.failures} failed probes`;
        return laneBar({ fromMs: outage.begin.upperMs, toMs }, y, scale, { kind: "outage", says });
      }),
    ];
  });
  return fragment(lanes.flat());
}

interface Bar {
  readonly kind: "gap" | "outage";
  readonly says: string;
}

function laneBar(span: Span, y: number, scale: ChartScale, { kind, says }: Bar): Markup {
  const box = { x: scale.x(span.fromMs), y: y + 2, width: scale.width(span), height: LANE - 8, class: kind };
  return element("rect", box, element("title", {}, `${says}: ${seconds(span.fromMs)} to ${seconds(span.toMs)}`));
}

function axis(scale: ChartScale, bottom: number): Markup {
  const step = niceStep((scale.span.toMs - scale.span.fromMs) / 10);
  const ticks: Markup[] = [];
  for (let ms = Math.ceil(scale.span.fromMs / step) * step; ms <= scale.span.toMs; ms += step) {
    ticks.push(element("line", { x1: scale.x(ms), x2: scale.x(ms), y1: scale.top, y2: bottom, class: "grid" }));
    ticks.push(element("text", { x: scale.x(ms), y: bottom + 16, class: "tick" }, `${number(ms / 1000)} s`));
  }
  return fragment(ticks);
}

/** Rounds up to the next convenient step: 1, 2, 5, 10, 15, 30 s ... */
function niceStep(ms: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200].map((second) => second * 1000);
  return steps.find((step) => step >= ms) ?? Math.ceil(ms / 7_200_000) * 7_200_000;
}

function shorten(text: string): string {
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
