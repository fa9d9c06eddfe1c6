/** Panels with lines over time: requests, latency, users and replicas. */
import type { SecondColumn } from "../../api/second-columns.ts";
import type { Columns } from "../columns.ts";
import { linePieces, type PixelColumn } from "../columns.ts";
import type { CourseSize, Mark, Paint } from "../course.ts";
import { COURSE_MARGIN } from "../course.ts";
import { linearScale, logScale, powerDomain, powerTicks, type Scale, valueTicks } from "../scale.ts";
import { crisp, timeGrid, timeScale, valueAxis } from "./axis.ts";

export interface LineStyle {
  readonly figure: SecondColumn;
  readonly name: string;
  readonly paint: Paint;
  readonly width?: number;
  readonly dashes?: readonly number[];
}

export type PanelName = "requests" | "latency" | "users" | "replicas";

/** A bound that an objective sets for what the panel shows: a dashed line, and words in the title. */
export interface PanelBound {
  readonly value: number;
  readonly says: string;
}

export interface PanelPlan {
  readonly of: PanelName;
  readonly title: string;
  readonly height: number;
  readonly logarithmic: boolean;
  readonly lines: readonly LineStyle[];
  readonly bounds: readonly PanelBound[];
}

interface Vertical {
  readonly top: number;
  readonly bottom: number;
}

export const TITLE_HEIGHT = 24;

/** Returns the marks of a panel whose title begins at `top`, and the y at which it ends. */
export function panelMarks(plan: PanelPlan, columns: Columns, size: CourseSize, top: number): Mark[] {
  const inner = { top: top + TITLE_HEIGHT, bottom: top + TITLE_HEIGHT + plan.height };
  const { scale, ticks } = valueScale(plan, columns, size, inner);
  const names = [
    ...plan.lines.map(({ name, paint }) => ({ text: name, paint })),
    ...plan.bounds.map(({ says }) => ({ text: `- - ${says}`, paint: "bound" as const })),
  ];
  return [
    { kind: "legend", x: 0, y: top + 9, parts: [{ text: plan.title, paint: "ink" }, ...names] },
    timeGrid(size, inner.top, inner.bottom),
    ...valueAxis({ size, scale, ticks }),
    ...plan.bounds.map((bound) => boundMark(bound, scale, size)),
    ...plan.lines.map((line) => lineMark(line, columns, size, scale)),
    ...noDataMark(plan, columns, size, inner),
  ];
}

function valueScale(plan: PanelPlan, columns: Columns, size: CourseSize, inner: Vertical) {
  const [from, to] = secondsOf(size);
  const ranges = plan.lines
    .map(({ figure }) => columns.range(figure, from, to))
    .filter(({ low }) => !Number.isNaN(low));
  const bounds = plan.bounds.map(({ value }) => value);
  const high = Math.max(0, ...ranges.map((range) => range.high), ...bounds);
  const pixels = { from: inner.bottom, to: inner.top };
  if (plan.logarithmic) {
    const low = Math.min(...ranges.map((range) => (range.low > 0 ? range.low : Number.POSITIVE_INFINITY)), ...bounds);
    const domain = powerDomain(low, high);
    return { scale: logScale(domain, pixels), ticks: powerTicks(domain) };
  }
  const top = Math.max(1, high * 1.06);
  return {
    scale: linearScale({ from: 0, to: top }, pixels),
    ticks: valueTicks(top, Math.max(2, Math.floor(plan.height / 34))),
  };
}

/** An empty panel says that nothing is known, so that it is not taken for nothing having happened. */
function noDataMark(plan: PanelPlan, columns: Columns, size: CourseSize, inner: Vertical): Mark[] {
  const [from, to] = secondsOf(size);
  if (plan.lines.some(({ figure }) => !Number.isNaN(columns.range(figure, from, to).low))) return [];
  const x = (size.gutter + size.width) / 2;
  const y = (inner.top + inner.bottom) / 2;
  return [{ kind: "text", x, y, text: "no data here", paint: "dim", align: "center" }];
}

function boundMark({ value }: PanelBound, scale: Scale, size: CourseSize): Mark {
  const y = crisp(scale.at(value));
  return {
    kind: "line",
    paint: "bound",
    width: 1.5,
    dashes: [7, 5],
    pieces: [[size.gutter, y, size.width - COURSE_MARGIN, y]],
  };
}

function lineMark(
  { figure, paint, width = 1.4, dashes }: LineStyle,
  columns: Columns,
  size: CourseSize,
  y: Scale,
): Mark {
  const [from, to] = secondsOf(size);
  const time = timeScale(size);
  const pieces = linePieces({ columns, figure, from, to, x: (second) => time.at(second * 1000) });
  // Many seconds in each pixel make long paths, which are much cheaper to paint when they are thin.
  const isDense = to - from > 2 * size.width;
  return {
    kind: "line",
    paint,
    width: isDense ? 1 : width,
    ...(dashes && { dashes }),
    pieces: pieces.map((piece) => pathOf(piece, y)),
  };
}

/** A lone point would be no line at all: it is drawn as a dash of one pixel. */
function pathOf(piece: readonly PixelColumn[], y: Scale): number[] {
  const path: number[] = [];
  for (const { x, first, low, high, last } of piece) {
    path.push(x, y.at(first));
    if (low !== high) path.push(x, y.at(low), x, y.at(high), x, y.at(last));
  }
  const [only] = piece;
  if (piece.length === 1 && only !== undefined) path.push(only.x + 1, y.at(only.last));
  return path;
}

function secondsOf({ shown }: CourseSize): [number, number] {
  return [Math.floor(shown.fromMs / 1000), Math.ceil(shown.toMs / 1000)];
}
