/**
 * Probes are steady, open-loop users (20 beats a second or fewer for each class, both on a kept and on a fresh connection)
 * whose only job is to measure outages precisely. Their samples are operations of the history with `probe` set.
 */

/** Beats a second of every probe stream: the bracket of an outage is then at most 0.1 s wide plus the time of one answer. */
export const BEATS_PER_SECOND = 20;

/** Returns the time from one beat of a stream to the next, by default at the usual rate. */
export function beatEveryMs(perSecond: number = BEATS_PER_SECOND): number {
  return 1000 / perSecond;
}
