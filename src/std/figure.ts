/** Formats figures for people with the digits that they can support, the same in every locale. */

/** What stands for a figure that is not known. It is never 0. */
export const NOTHING = "–";

/** Formats a whole number with separators: 1,234,567. */
export function count(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** Formats a number with three digits: 0.05, 1.24, 37.2, 208, 1,840; unknown values (null, NaN) as a dash. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const size = Math.abs(value);
  if (size >= 99.95) return count(value);
  return trim(value.toFixed(size >= 9.995 ? 1 : 2));
}

/** Formats a number that is exact: whole numbers with all digits, others with three. */
export function exact(value: number): string {
  return Number.isInteger(value) ? count(value) : figure(value);
}

/**
 * Returns how many decimals a figure supports that is known to lie in an interval of this width: a unit of the last one is at most a
 * fifth of the width; at most 3.
 */
export function decimalsOf(width: number): number {
  if (!(width > 0)) return 3;
  return Math.min(3, Math.max(0, Math.ceil(-Math.log10(width / 5) - 1e-9)));
}

/**
 * Formats an interval that is sure to contain the truth, with the digits that its width supports: "4.77 to 4.94". It is rounded
 * outwards, because rounding inwards would claim more than is known.
 */
export function interval(lower: number, upper: number): string {
  const decimals = decimalsOf(upper - lower);
  return `${floored(lower, decimals)} to ${fixed(Math.ceil(scaled(upper, decimals) - 1e-9), decimals)}`;
}

/** Formats the lower end of what is known, rounded down. */
export function floored(value: number, decimals: number): string {
  return fixed(Math.floor(scaled(value, decimals) + 1e-9), decimals);
}

/** Formats a share in percent, so that what is not whole never reads as 0 or 100 %: "89.7", "99.38", "0.003". */
export function percentage(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return String(value);
  for (let decimals = value > 99 || value < 1 ? 2 : 1; decimals <= 4; decimals++) {
    const text = value > 50 ? floored(value, decimals) : value.toFixed(decimals);
    if (Number(text) > 0) return text;
  }
  return "under 0.0001";
}

function scaled(value: number, decimals: number): number {
  return value * 10 ** decimals;
}

function fixed(units: number, decimals: number): string {
  const text = (units / 10 ** decimals).toFixed(decimals);
  const [whole = "", part] = text.split(".");
  const separated = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? separated : `${separated}.${part}`;
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
