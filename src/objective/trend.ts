/**
 * Computes how fast a series of points rises, and what the points prove about that. The slope is the Theil-Sen estimator: the
 * median of the slopes of all pairs of points, which a dip during a fault does not distort. The interval is Sen's, by the order
 * statistics of those slopes (Sen: Estimates of the regression coefficient based on Kendall's tau, 1968). It assumes that the
 * points are independent of each other; a series that oscillates slowly proves somewhat less than the interval shows.
 */
import type { Range } from "../range.ts";

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

export interface Trend extends Range {
  readonly slope: number;
  readonly points: number;
}

/** The number of pairs grows with the square of the points: 300 points have 44,850 pairs. */
const POINTS_MAX = 300;
/** Fewer points do not show a trend. */
export const POINTS_MIN = 10;
/** The quantile of the normal distribution for 95 % between both ends. */
const Z_95 = 1.959964;

/** Returns the change per millisecond, or null if there are too few points. O(min(n, 300)^2 log n). */
export function trendOf(points: readonly Point[]): Trend | null {
  const thinned = thin(points);
  const slopes = slopesOf(thinned);
  const middle = slopes[Math.floor(slopes.length / 2)];
  if (thinned.length < POINTS_MIN || middle === undefined) return null;
  const n = thinned.length;
  const spread = (Z_95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)) / 2;
  const half = slopes.length / 2;
  const lower = slopes[Math.max(0, Math.floor(half - spread) - 1)] ?? middle;
  const upper = slopes[Math.min(slopes.length - 1, Math.ceil(half + spread))] ?? middle;
  return { slope: middle, lower, upper, points: points.length };
}

function slopesOf(points: readonly Point[]): Float64Array {
  const slopes: number[] = [];
  for (const [at, a] of points.entries()) {
    for (const b of points.slice(at + 1)) if (b.atMs > a.atMs) slopes.push((b.value - a.value) / (b.atMs - a.atMs));
  }
  return Float64Array.from(slopes).sort();
}

function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= POINTS_MAX) return points;
  const step = points.length / POINTS_MAX;
  return Array.from({ length: POINTS_MAX }, (_, at) => points[Math.floor(at * step)] as Point);
}

/** Returns the trend over `stretchMs` in percent of the median value; null if there are too few points or the median is 0. */
export function relativeTrend(points: readonly Point[], stretchMs: number): Trend | null {
  const trend = trendOf(points);
  const values = Float64Array.from(points, ({ value }) => value).sort();
  const middle = Math.abs(values[Math.floor(values.length / 2)] ?? 0);
  if (trend === null || middle === 0) return null;
  const percent = (slope: number) => (slope * stretchMs * 100) / middle;
  return {
    slope: percent(trend.slope),
    lower: percent(trend.lower),
    upper: percent(trend.upper),
    points: trend.points,
  };
}

/** Describes a trend in words: "12.3 % an hour (9.1 to 15.0 at 95 % confidence, 120 points)". */
export function trendSays({ slope, lower, upper, points }: Trend, unit: string): string {
  const proven = `${lower.toFixed(1)} to ${upper.toFixed(1)} at 95 % confidence, ${points} points`;
  return `${slope.toFixed(1)} ${unit} (${proven})`;
}
