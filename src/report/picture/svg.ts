/** Writes the marks of a picture (view/course.ts) as SVG, in the colours of the style sheet. */

import type { Course, Mark } from "../../view/course.ts";
import { el, type ViewElement } from "../../view.ts";

type MarkOf<Kind extends Mark["kind"]> = Extract<Mark, { kind: Kind }>;

/** The approximate width of a letter of a label, in pixels. */
const LETTER_PX = 5.9;
/** The distance of the lines of hatching, in pixels. */
const HATCH_PX = 6;
const HATCHES_MAX = 200;
const ANCHORS = { left: "start", center: "middle", right: "end" } as const;

/** Returns the picture; `says` is its content in words, for those who cannot see it. */
export function svgOf({ marks, height }: Course, width: number, says: string): ViewElement {
  const box = `0 0 ${width} ${Math.ceil(height)}`;
  return el("svg", { viewBox: box, role: "img", class: "course", "aria-label": says }, marks.map(drawn));
}

function drawn(mark: Mark): ViewElement[] {
  switch (mark.kind) {
    case "box":
      return boxOf(mark);
    case "line":
      return [lineOf(mark)];
    case "text":
      return [textOf(mark)];
    case "legend":
      return [legendOf(mark)];
  }
}

function boxOf({ x, y, width, height, paint, hatched }: MarkOf<"box">): ViewElement[] {
  const box = { x: round(x), y: round(y), width: round(width), height: round(height) };
  const lines = hatched === true ? hatching(x, y, width, height) : "";
  return [
    el("rect", { ...box, class: `box p-${paint}` }),
    ...(lines === "" ? [] : [el("path", { d: lines, class: "hatch" })]),
  ];
}

/** Hatches a box as well as colouring it, so that the meaning does not depend on the colour. */
function hatching(x: number, y: number, width: number, height: number): string {
  const lines: string[] = [];
  for (let at = x; at + height <= x + width && lines.length < HATCHES_MAX; at += HATCH_PX)
    lines.push(`M${round(at)} ${round(y + height)}l${round(height)} ${round(-height)}`);
  return lines.join("");
}

function lineOf({ paint, width, dashes, pieces }: MarkOf<"line">): ViewElement {
  const dash = dashes === undefined ? undefined : dashes.join(" ");
  const d = pieces.map(pathOf).join("");
  return el("path", { d, class: `line p-${paint}`, "stroke-width": width, "stroke-dasharray": dash });
}

/** Writes x, y, x, y, ... as a path; points that follow straight above each other become vertical strokes, which are short. */
function pathOf(piece: readonly number[]): string {
  const parts: string[] = [];
  let [beforeX, beforeY] = [Number.NaN, Number.NaN];
  for (let at = 0; at + 1 < piece.length; at += 2) {
    const [x, y] = [round(piece[at] ?? 0), round(piece[at + 1] ?? 0)];
    if (at === 0) parts.push(`M${x} ${y}`);
    else if (x === beforeX && y === beforeY) continue;
    else if (x === beforeX) parts.push(`V${y}`);
    else if (y === beforeY) parts.push(`H${x}`);
    else parts.push(`L${x} ${y}`);
    [beforeX, beforeY] = [x, y];
  }
  return parts.join("");
}

function textOf({ x, y, text, paint, align, bold, widthMax }: MarkOf<"text">): ViewElement {
  const most = widthMax === undefined ? text.length : Math.max(1, Math.floor(widthMax / LETTER_PX));
  const shown = text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
  const anchor = align === "left" ? undefined : ANCHORS[align];
  const place = { x: round(x), y: round(y + 3.5), "text-anchor": anchor };
  return el("text", { ...place, class: `p-${paint}`, "font-weight": bold === true ? 600 : undefined }, shown);
}

function legendOf({ x, y, parts }: MarkOf<"legend">): ViewElement {
  const spans = parts.map(({ text, paint }, at) =>
    el("tspan", { class: `p-${paint}`, dx: at === 0 ? undefined : 8 }, text),
  );
  return el("text", { x: round(x), y: round(y + 3.5), "font-weight": 600 }, spans);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
