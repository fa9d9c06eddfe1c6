/**
 * Exact decimal numbers, for amounts: 0.1 + 0.2 is 0.3. A JSON number is read by its shortest decimal text (0.1 is one tenth,
 * as its author meant), a text by its digits ("19.99", "-3", "1e2"). Sums and comparisons are exact.
 */
import { isRecord, type Json } from "./json.ts";

/**
 * units / 10^scale; the scale is a whole number of at least 0. 1.5 is { 15n, 1 } as well as { 150n, 2 }: compare with
 * `compare`.
 */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };
export const ONE: Decimal = { units: 1n, scale: 0 };

const NUMBER = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?\s*$/;
/** The most digits: every finite JSON number fits; a longer number cannot be an amount, and would only cost time. */
const DIGITS_MAX = 700;

/**
 * Returns the number that a JSON number or a text represents; undefined for anything else ("", "abc", "1,000", "NaN", null,
 * lists).
 */
export function decimalOf(value: Json | undefined): Decimal | undefined {
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { units: BigInt(value), scale: 0 } : parsed(`${value}`);
  return typeof value === "string" && value.length <= DIGITS_MAX ? parsed(value) : undefined;
}

function parsed(text: string): Decimal | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > DIGITS_MAX) return undefined;
  const units = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, negate(b));
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function negate({ units, scale }: Decimal): Decimal {
  return { units: -units, scale };
}

export function absolute(value: Decimal): Decimal {
  return value.units < 0n ? negate(value) : value;
}

/** Returns -1 if a < b, 0 if they are equal, 1 if a > b. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [unitsAt(a, scale), unitsAt(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return scale === wanted ? units : units * 10n ** BigInt(wanted - scale);
}

/** Returns the number of digits after the decimal point, without trailing zeros: 2 for 19.99, 1 for 19.90, 0 for 100. */
export function scaleOf(value: Decimal): number {
  if (value.scale === 0 || value.units % 10n !== 0n) return value.scale;
  const text = textOf(value);
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

/** The number of digits with which every decimal survives the conversion to a binary fraction and back. */
const DIGITS_KEPT = 15;

/**
 * Returns whether a text looks like a printed binary fraction that was computed, not read from a decimal: it has more digits
 * than such a conversion preserves.
 */
export function isBinaryText(text: string): boolean {
  if (text.length <= DIGITS_KEPT) return false;
  const digits = text
    .replace(/[eE].*/, "")
    .replace(/\D/g, "")
    .replace(/^0+/, "");
  return digits.length > DIGITS_KEPT && text.includes(".") && String(Number(text)) === text;
}

/** Returns plain digits without exponent and without trailing zeros of a fraction: equal numbers have equal text. */
export function textOf({ units, scale }: Decimal): string {
  if (scale === 0) return String(units);
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  const whole = digits.slice(0, -scale);
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Returns a JSON number if it represents exactly the same number, otherwise its text. */
export function jsonOf(value: Decimal): Json {
  const text = textOf(value);
  const number = Number(text);
  const same = decimalOf(number);
  return same !== undefined && compare(same, value) === 0 ? number : text;
}

/**
 * Returns the value with every number, and every text that is a number, in the same form at every depth, so that "19.90", 19.9
 * and "1.99e1" are equal.
 */
export function numericJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(numericJson);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numericJson(each)]));
  const decimal = decimalOf(value);
  return decimal === undefined ? value : jsonOf(decimal);
}
