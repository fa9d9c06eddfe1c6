/** Draws the panels of the chart: requests per second, p95, failures, users and replicas, each with its own scale from 0. */
import type { ChartScale } from "./chart.ts";
import { number } from "./format.ts";
import { element, fragment, type Markup } from "./markup.ts";
import type { SeriesPoint, Stats } from "./stats.ts";

export interface Panel {
  readonly height: number;
  readonly markup: Markup;
}

interface Box {
  readonly left: number;
  readonly width: number;
}

interface Line {
  readonly kind: string;
  /** The points of the line; a null value breaks the line. */
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[];
  readonly filled: boolean;
  readonly steps: boolean;
}

export function panelsOf(stats: Stats, scale: ChartScale, box: Box): Panel[] {
  const middle = (point: SeriesPoint) => point.atMs + stats.sliceMs / 2;
  const line = (kind: string, value: (point: SeriesPoint) => number | null, filled: boolean): Line => ({
    kind,
    points: stats.series.map((point) => ({ atMs: middle(point), value: value(point) })),
    filled,
    steps: false,
  });
  const panels = [
    panel(
      { label: "requests/s", says: "requests a second", height: 110 },
      [line("rate", (point) => point.requestsPerSecond, true)],
      scale,
      box,
    ),
    panel(
      { label: "failed/s", says: "failed requests a second", height: 50 },
      [line("failed", (point) => point.failedPerSecond, true)],
      scale,
      box,
    ),
    panel(
      { label: "p95 ms", says: "95 % of requests were answered within", height: 80 },
      [line("p95", (point) => point.p95Ms, false)],
      scale,
      box,
    ),
    panel({ label: "users", says: "users", height: 40 }, [line("users", (point) => point.users, true)], scale, box),
  ];
  return stats.replicas.length === 0 ? panels : [...panels, replicasPanel(stats, scale, box)];
}

function replicasPanel({ replicas }: Stats, scale: ChartScale, box: Box): Panel {
  const last = replicas.at(-1);
  const closed = last === undefined ? replicas : [...replicas, { ...last, atMs: scale.span.toMs }];
  const line = (kind: string, value: (event: Stats["replicas"][number]) => number): Line => ({
    kind,
    points: closed.map((event) => ({ atMs: event.atMs, value: value(event) })),
    filled: false,
    steps: true,
  });
  const lines = [line("desired", ({ desired }) => desired), line("ready", ({ ready }) => ready)];
  return panel({ label: "replicas", says: "replicas desired (dashed) and ready", height: 60 }, lines, scale, box);
}

interface Heading {
  readonly label: string;
  readonly says: string;
  readonly height: number;
}

function panel({ label, says, height }: Heading, lines: readonly Line[], scale: ChartScale, box: Box): Panel {
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0));
  const top = ceiling(values.reduce((most, value) => Math.max(most, value), 0));
  const y = (value: number) => Math.round((height - (value / top) * height) * 10) / 10;
  const markup = fragment(
    element("title", {}, says),
    element("line", { x1: box.left, x2: box.left + box.width, y1: height, y2: height, class: "base" }),
    element("text", { x: box.left - 8, y: 10, class: "panel-top" }, number(top)),
    element("text", { x: box.left - 8, y: height, class: "panel-label" }, label),
    lines.map((line) => draw(line, scale, y, height)),
  );
  return { height, markup };
}

function draw(line: Line, scale: ChartScale, y: (value: number) => number, height: number): Markup[] {
  return stretches(line).map((stretch) => {
    const path = pathOf(stretch, line.steps, scale, y);
    if (!line.filled) return element("path", { d: path, class: `line ${line.kind}` });
    const first = stretch[0];
    const last = stretch.at(-1);
    const closing = first && last ? ` L${scale.x(last.atMs)} ${height} L${scale.x(first.atMs)} ${height} Z` : "";
    return element("path", { d: path + closing, class: `area ${line.kind}` });
  });
}

interface Drawn {
  readonly atMs: number;
  readonly value: number;
}

/** Splits the line where values are missing. */
function stretches(line: Line): Drawn[][] {
  const all: Drawn[][] = [[]];
  for (const { atMs, value } of line.points) {
    if (value === null) all.push([]);
    else all.at(-1)?.push({ atMs, value });
  }
  return all.filter((stretch) => stretch.length > 0);
}

function pathOf(points: readonly Drawn[], steps: boolean, scale: ChartScale, y: (value: number) => number): string {
  return points
    .map(({ atMs, value }, at) => {
      if (at === 0) return `M${scale.x(atMs)} ${y(value)}`;
      return steps ? `H${scale.x(atMs)} V${y(value)}` : `L${scale.x(atMs)} ${y(value)}`;
    })
    .join(" ");
}

/** Rounds up to the next 1, 2 or 5 times a power of ten, at least 1. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 1;
}
