/** What can be a stamp: milliseconds since the start of a run, which no run is so long as to pass. */

/** A year. What is later was not stamped by a clock. */
const STAMP_MS_MAX = 366 * 24 * 60 * 60 * 1000;

export function isStamp(atMs: number): boolean {
  return atMs >= 0 && atMs <= STAMP_MS_MAX; // false for NaN, too
}

/** Two stamps of which the second is not before the first. */
export function isSpan(fromMs: number, toMs: number): boolean {
  return isStamp(fromMs) && isStamp(toMs) && fromMs <= toMs;
}
