/** Formats moments and bounds for people, independent of the locale. */
import type { Bound } from "../range.ts";
import { describeBound } from "../range.ts";
import { count, figure } from "../std/figure.ts";

/** Formats milliseconds as seconds with the digits that a person reads ("61.3 s"), and null as "never". */
export function seconds(ms: number | null): string {
  if (ms === null) return "never";
  const value = ms / 1000;
  return `${Math.abs(value) >= 100 ? count(value) : figure(value)} s`;
}

/** Formats a moment that must be found again in logs and evidence, to the millisecond: "188.189 s". */
export function moment(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

/** Formats a distance from a bite: "at the bite", "0.08 s before the bite", "2.3 s after the bite". */
export function fromBite(ms: number): string {
  if (Math.abs(ms) < 5) return "at the bite";
  return `${(Math.abs(ms) / 1000).toFixed(Math.abs(ms) < 10_000 ? 2 : 1)} s ${ms < 0 ? "before" : "after"} the bite`;
}

export function formatBound(bound: Bound, unit: string): string {
  return describeBound(bound, unit);
}
