/**
 * Scales map values to pixels, and choose the ticks of an axis. Every value axis begins at 0, except a logarithmic one, whose ticks
 * are powers of ten.
 */

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Returns the pixel of a value; values outside the domain land outside the range. */
  at(value: number): number;
  /** Returns the value at a pixel. */
  invert(pixel: number): number;
}

export interface Extent {
  readonly from: number;
  readonly to: number;
}

export function linearScale(domain: Extent, range: Extent): Scale {
  const span = domain.to - domain.from || 1;
  const pixels = range.to - range.from;
  return {
    ...domain,
    at: (value) => range.from + ((value - domain.from) / span) * pixels,
    invert: (pixel) => domain.from + ((pixel - range.from) / (pixels || 1)) * span,
  };
}

/** Returns a scale of the logarithm. Values below the domain, 0 included, are drawn at its lower end. */
export function logScale(domain: Extent, range: Extent): Scale {
  const inner = linearScale({ from: Math.log10(domain.from), to: Math.log10(domain.to) }, range);
  return {
    ...domain,
    at: (value) => inner.at(Math.log10(Math.max(value, domain.from))),
    invert: (pixel) => 10 ** inner.invert(pixel),
  };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 8, 24].map((n) => n * HOUR),
];

/** Returns round moments within the domain, in milliseconds, at most `most` of them. */
export function timeTicks(domain: Extent, most: number): number[] {
  const span = domain.to - domain.from;
  const step = TIME_STEPS_MS.find((each) => span / each <= most) ?? Math.ceil(span / most / HOUR) * HOUR;
  return multiples(step, domain);
}

/** Returns round values from 0 up to `top`, at most `most` of them besides 0: steps of 1, 2 or 5 times a power of ten. */
export function valueTicks(top: number, most: number): number[] {
  const rough = top / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => top / each <= most) ?? 10 * power;
  return multiples(step, { from: 0, to: top });
}

/** Returns the powers of ten within a logarithmic domain. */
export function powerTicks(domain: Extent): number[] {
  const powers: number[] = [];
  for (let n = Math.ceil(Math.log10(domain.from) - 1e-9); 10 ** n <= domain.to * (1 + 1e-9); n++) powers.push(10 ** n);
  return powers;
}

/** Returns a logarithmic domain of whole powers of ten around the values, at least two powers wide. */
export function powerDomain(low: number, high: number): Extent {
  if (!(low > 0) || !(high > 0)) return { from: 1, to: 100 };
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high) + 1e-9);
  return { from: 10 ** from, to: 10 ** Math.max(to, from + 2) };
}

function multiples(step: number, { from, to }: Extent): number[] {
  const found: number[] = [];
  // Counted in whole steps, because adding a fraction again and again drifts.
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to * (1 + 1e-12); n++) found.push(n * step || 0);
  return found;
}
