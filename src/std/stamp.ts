/** Defines what can be a stamp: milliseconds since the start of a run, within a limit that no run reaches. */

/** One year. A later stamp was not made by a clock. */
const STAMP_MS_MAX = 366 * 24 * 60 * 60 * 1000;

export function isStamp(atMs: number): boolean {
  return atMs >= 0 && atMs <= STAMP_MS_MAX; // false for NaN, too
}

/** Returns whether both are stamps and the second is not before the first. */
export function isSpan(fromMs: number, toMs: number): boolean {
  return isStamp(fromMs) && isStamp(toMs) && fromMs <= toMs;
}
