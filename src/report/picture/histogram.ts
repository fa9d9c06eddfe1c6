/** Draws the latency of answered requests before, during and after a fault: three histograms above one logarithmic axis. */
import { count, figure } from "../../std/figure.ts";
import { countsBetween, type Histogram } from "../../std/histogram.ts";
import { logScale } from "../../view/scale.ts";
import { el, type ViewElement } from "../../view.ts";

export interface HistogramRow {
  readonly name: string;
  readonly histogram: Histogram;
}

const WIDTH = 640;
const GUTTER = 196;
const ROW_HEIGHT = 44;
const AXIS_HEIGHT = 18;
/** Bins for each power of ten; a bin is 47 % wider than the one before. */
const BINS_PER_POWER = 6;

/** Returns the picture; null if nothing was answered. */
export function histogramPicture(rows: readonly HistogramRow[]): ViewElement | null {
  const known = rows.filter(({ histogram }) => histogram.count > 0);
  if (known.length === 0) return null;
  const bounds = boundsOf(known);
  const scale = logScale({ from: bounds[0] ?? 1, to: bounds.at(-1) ?? 10 }, { from: GUTTER, to: WIDTH - 8 });
  const height = rows.length * ROW_HEIGHT + AXIS_HEIGHT;
  const says = rows.map(wordsOf).join("; ");
  const box = { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", class: "course histogram", "aria-label": says };
  const powers = bounds.filter((_, at) => at % BINS_PER_POWER === 0);
  return el(
    "svg",
    box,
    powers.map((power) => [
      el("path", {
        d: `M${round(scale.at(power))} 0V${height - AXIS_HEIGHT}`,
        class: "line p-grid",
        "stroke-width": 1,
      }),
      el(
        "text",
        { x: round(scale.at(power)), y: height - 5, "text-anchor": "middle", class: "p-dim" },
        `${figure(power)} ms`,
      ),
    ]),
    rows.map((row, at) => drawRow(row, at * ROW_HEIGHT, bounds, (ms) => scale.at(ms))),
  );
}

function drawRow({ name, histogram }: HistogramRow, y: number, bounds: readonly number[], x: (ms: number) => number) {
  const counts = countsBetween(histogram.snapshot(), bounds);
  const most = Math.max(1, ...counts);
  const bottom = y + ROW_HEIGHT - 4;
  const bars = counts.slice(1, -1).map((value, at) => {
    const height = (value / most) * (ROW_HEIGHT - 8);
    const [left, right] = [x(bounds[at] ?? 1), x(bounds[at + 1] ?? 1)];
    if (value === 0) return null;
    const box = { x: round(left + 0.5), y: round(bottom - Math.max(1, height)), width: round(right - left - 1) };
    return el("rect", { ...box, height: round(Math.max(1, height)), class: "box p-ok" });
  });
  return [
    el("text", { x: 0, y: y + 16, class: "p-ink", "font-weight": 600 }, name),
    el("text", { x: 0, y: y + 31, class: "p-dim" }, answersOf(histogram)),
    el("path", { d: `M${GUTTER} ${bottom}H${WIDTH - 8}`, class: "line p-grid", "stroke-width": 1 }),
    bars,
  ];
}

function answersOf(histogram: Histogram): string {
  if (histogram.count === 0) return "no answer to compare with";
  return `${count(histogram.count)} answers, p95 ${figure(histogram.quantile(0.95))} ms`;
}

function wordsOf({ name, histogram }: HistogramRow): string {
  return `${name}: ${answersOf(histogram)}`;
}

/** Whole powers of ten around all values, with the bins between them. */
function boundsOf(rows: readonly HistogramRow[]): number[] {
  const low = Math.min(...rows.map(({ histogram }) => histogram.min));
  const high = Math.max(...rows.map(({ histogram }) => histogram.max));
  const from = Math.max(-3, Math.floor(Math.log10(Math.max(low, 1e-3))));
  const to = Math.min(9, Math.max(from + 1, Math.ceil(Math.log10(Math.max(high, 1e-3)) + 1e-9)));
  return Array.from({ length: (to - from) * BINS_PER_POWER + 1 }, (_, at) => 10 ** (from + at / BINS_PER_POWER));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
