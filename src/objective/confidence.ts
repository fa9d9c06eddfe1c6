/**
 * Computes what k successes in n requests prove about the success rate, by the interval of Clopper and Pearson (1934), one-sided
 * at 95 % on each side. It is exact for the binomial distribution, so 0 failures prove 99.9 % only from 2,995 requests on. The
 * bounds are quantiles of the beta distribution. Its distribution function is the regularized incomplete beta function, computed
 * by the continued fraction of DLMF 8.17.22 with Lentz's method.
 */
import type { Range } from "../range.ts";

export const CONFIDENCE = 0.95;

/** Returns the range (within 0 to 1) of the success rate, with the given confidence on each side. `total` must be >= 1. */
export function successRange(succeeded: number, total: number, confidence = CONFIDENCE): Range {
  const failed = total - succeeded;
  const alpha = 1 - confidence;
  const lower = succeeded === 0 ? 0 : failed === 0 ? alpha ** (1 / total) : betaQuantile(alpha, succeeded, failed + 1);
  const upper =
    failed === 0 ? 1 : succeeded === 0 ? 1 - alpha ** (1 / total) : betaQuantile(confidence, succeeded + 1, failed);
  return { lower, upper };
}

/** Returns x with I_x(a, b) = p, by bisection down to the last relevant bits (2^-60). */
function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Returns the regularized incomplete beta function I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly only below the mean; above it, use the symmetry I_x(a, b) = 1 - I_(1-x)(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return (front / a) * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1), tiny);
  let value = d;
  // The number of terms grows with the square root of a and b; 10,000 terms are enough for 10^7 requests.
  for (let m = 1; m <= 10_000; m++) {
    for (const term of [evenTerm(m, x, a, b), oddTerm(m, x, a, b)]) {
      d = 1 / notZero(1 + term * d, tiny);
      c = notZero(1 + term / c, tiny);
      value *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) return value;
  }
  return value;
}

function evenTerm(m: number, x: number, a: number, b: number): number {
  return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
}

function oddTerm(m: number, x: number, a: number, b: number): number {
  return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

function notZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Returns ln of the gamma function for z > 0, by Stirling's series (DLMF 5.11.1) after shifting z above 10. */
function logGamma(z: number): number {
  let shifted = z;
  let correction = 0;
  while (shifted < 10) {
    correction -= Math.log(shifted);
    shifted++;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return correction + (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series;
}
