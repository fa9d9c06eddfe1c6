/**
 * Measures slow leaks: the slope of a sampled series (memory, connections, file descriptors) and the drift of p95 under constant
 * load. Each comes with the interval that its points prove (trend.ts), and the interval decides.
 */
import { contains } from "../outage/span.ts";
import { isRecord } from "../std/json.ts";
import type { Facts } from "./facts.ts";
import { type Measure, nothing, type Reading } from "./measure.ts";
import { POINTS_MIN, type Point, relativeTrend, type Trend, trendSays } from "./trend.ts";

/** A slice with fewer requests has no meaningful p95. */
const REQUESTS_MIN = 20;
const HOUR_MS = 3_600_000;

export const slopePercentPerHour: Measure = {
  name: "slope-percent-per-hour",
  unit: "%/h",
  says: "The steepest rise of a sampled series (memory, connections), in percent of its median an hour, with a 95 % confidence interval (Theil-Sen).",
  over: [{ name: "series", required: true, says: "a series of the samples, or the start of its name: `memory/app`" }],
  read(over, { story }) {
    const prefix = over["series"] ?? "";
    const found = [...seriesOf(story.notes)].filter(([name]) => name.startsWith(prefix));
    const trends = found.flatMap(([name, points]) => {
      const trend = relativeTrend(points, HOUR_MS);
      return trend === null ? [] : [{ name, ...trend }];
    });
    if (trends.length === 0) return nothing(`fewer than ${POINTS_MIN} samples of "${prefix}" were recorded`);
    return steepest(trends);
  },
};

/** Combines the trends: the steepest rise is at least the highest lower end, and at most the highest upper end. */
function steepest(trends: readonly (Trend & { readonly name: string })[]): Reading {
  const worst = trends.reduce((a, b) => (b.slope > a.slope ? b : a));
  const witnesses = trends
    .toSorted((a, b) => b.slope - a.slope)
    .slice(0, 10)
    .map((trend) => `${trend.name}: ${trendSays(trend, "% an hour")}`);
  return {
    range: {
      lower: Math.max(...trends.map(({ lower }) => lower)),
      upper: Math.max(...trends.map(({ upper }) => upper)),
    },
    point: worst.slope,
    says: `"${worst.name}" changed by ${trendSays(worst, "% an hour")}`,
    witnesses,
  };
}

/** Returns the sampled series. Samples are notes with source "sample" whose detail is { "memory/app/n1-1": 12345678, ... }. */
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
  says: "How far p95 rose over the plateau, outside fault windows, in percent of its median, with a 95 % confidence interval (Theil-Sen).",
  over: [],
  read: (_over, facts): Reading => {
    const points = quietP95(facts);
    const stretchMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0);
    const drift = relativeTrend(points, stretchMs);
    if (drift === null) return nothing(`p95 has fewer than ${POINTS_MIN} points at full load outside fault windows`);
    return {
      range: { lower: drift.lower, upper: drift.upper },
      point: drift.slope,
      says: `p95 drifted by ${trendSays(drift, "%")}, over ${(stretchMs / 1000).toFixed(0)} s at full load`,
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
