/** Formats numbers for people, independent of the locale: always with a decimal point, never with group separators. */
import type { Measured } from "../objective.ts";
import type { Bound } from "../range.ts";
import { describeBound } from "../range.ts";

/** Formats a number with at most three decimals, without trailing zeros: 5.9, 0.023, 1200. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 3;
  return String(Number(value.toFixed(digits)));
}

/** Formats milliseconds as seconds ("61.25 s"), and null as "never". */
export function seconds(ms: number | null): string {
  return ms === null ? "never" : `${number(Math.round(ms) / 1000)} s`;
}

export function formatMeasured(measured: Measured, unit: string): string {
  if (measured === null) return "no evidence";
  const suffix = unit === "" ? "" : ` ${unit}`;
  if ("value" in measured) return `${number(measured.value)}${suffix}`;
  if (measured.upper === null) return `over ${number(measured.lower)}${suffix}`;
  return `${number(measured.lower)} to ${number(measured.upper)}${suffix}`;
}

export function formatBound(bound: Bound, unit: string): string {
  return describeBound(bound, unit);
}
