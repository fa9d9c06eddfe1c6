/**
 * Slow leaks: the slope of a sampled series (memory, connections, file descriptors) and the drift of p95 under constant
 * load. The slope is Theil and Sen's: the median of the slopes of all pairs of points, which a fault's dip does not bend.
 */
import { contains } from "../outage/span.ts";
import { isRecord } from "../std/json.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure, nothing, type Reading } from "./measure.ts";

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** Pairs grow with the square: 300 points are 44,850 pairs. */
const POINTS_MAX = 300;
/** Fewer points say nothing of a trend. */
const POINTS_MIN = 10;
/** A slice with fewer requests has no p95 worth the name. */
const REQUESTS_MIN = 20;
const HOUR_MS = 3_600_000;

/** Change a millisecond; null: too few points. O(min(n, 300)^2). */
export function theilSen(points: readonly Point[]): number | null {
  const thinned = thin(points);
  if (thinned.length < POINTS_MIN) return null;
  const slopes: number[] = [];
  for (const [at, a] of thinned.entries()) {
    for (const b of thinned.slice(at + 1)) if (b.atMs > a.atMs) slopes.push((b.value - a.value) / (b.atMs - a.atMs));
  }
  return median(slopes);
}

function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= POINTS_MAX) return points;
  const step = points.length / POINTS_MAX;
  return Array.from({ length: POINTS_MAX }, (_, at) => points[Math.floor(at * step)] as Point);
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Change over the whole time as a percentage of the median value, and a given stretch of time to scale it to. */
function relativeSlope(points: readonly Point[], stretchMs: number): number | null {
  const slope = theilSen(points);
  const middle = median(points.map(({ value }) => value));
  if (slope === null || middle === null || middle === 0) return null;
  return (slope * stretchMs * 100) / Math.abs(middle);
}

export const slopePercentPerHour: Measure = {
  name: "slope-percent-per-hour",
  unit: "%/h",
  says: "The steepest rise of a sampled series (memory, connections), in percent of its median an hour.",
  over: [{ name: "series", required: true, says: "a series of the samples, or the start of its name: `memory/app`" }],
  read(over, { story }) {
    const prefix = over["series"] ?? "";
    const found = [...seriesOf(story.notes)].filter(([name]) => name.startsWith(prefix));
    const slopes = found.flatMap(([name, points]) => {
      const slope = relativeSlope(points, HOUR_MS);
      return slope === null ? [] : [{ name, slope }];
    });
    if (slopes.length === 0) return nothing(`fewer than ${POINTS_MIN} samples of "${prefix}" were recorded`);
    const worst = slopes.reduce((a, b) => (b.slope > a.slope ? b : a));
    return { range: exactly(worst.slope), says: `"${worst.name}" changed by ${worst.slope.toFixed(1)} % an hour` };
  },
};

/** Samples are notes of source "sample" whose detail is { "memory/app/n1-1": 12345678, ... }. */
function seriesOf(notes: Facts["story"]["notes"]): Map<string, Point[]> {
  const series = new Map<string, Point[]>();
  for (const { source, detail, atMs } of notes) {
    if (source !== "sample" || !isRecord(detail)) continue;
    for (const [name, value] of Object.entries(detail)) {
      if (typeof value !== "number") continue;
      const points = series.get(name) ?? [];
      points.push({ atMs, value });
      series.set(name, points);
    }
  }
  return series;
}

export const p95DriftPercent: Measure = {
  name: "p95-drift-percent",
  unit: "%",
  says: "How far p95 rose over the plateau, outside fault windows, in percent of its median.",
  over: [],
  read: (_over, facts): Reading => {
    const points = quietP95(facts);
    const first = points[0];
    const last = points.at(-1);
    const drift = first === undefined || last === undefined ? null : relativeSlope(points, last.atMs - first.atMs);
    if (drift === null) return nothing(`p95 has fewer than ${POINTS_MIN} points at full load outside fault windows`);
    return {
      range: exactly(drift),
      says: `p95 drifted by ${drift.toFixed(1)} % over ${points.length} points at full load`,
    };
  },
};

function quietP95({ load, windows }: Facts): Point[] {
  const within = (key: string, atMs: number) =>
    windows.find((window) => window.key === key)?.spans.some((span) => contains(span, atMs)) ?? false;
  return load.slices.flatMap((slice, at) => {
    const atMs = load.span.fromMs + (at + 0.5) * load.sliceMs;
    const value = slice.count < REQUESTS_MIN ? null : slice.histogram.quantile(0.95);
    return value === null || !within("plateau", atMs) || !within("outside", atMs) ? [] : [{ atMs, value }];
  });
}
