/**
 * Probes are steady, open-loop users (20 beats a second or fewer for each class, both on a kept and on a fresh connection)
 * whose only job is to measure outages precisely. Their samples are operations of the history with `probe` set.
 */

/**
 * Beats a second of a probe stream if the plan gives no rate. Each beat comes at a random moment of its period of 0.05 s. An outage
 * begins between two beats, which are at most two periods apart, and ends between three. So its begin is known to within 0.1 s, and its
 * end to within 0.15 s plus the time of one answer.
 */
export const BEATS_PER_SECOND = 20;

/** The part of each period in which its beat comes, at a random moment (load/probe/beats.ts). */
export const BEAT_SPREAD = 0.75;

/** Returns the time from one beat of a stream to the next, by default at the usual rate. */
export function beatEveryMs(perSecond: number = BEATS_PER_SECOND): number {
  return 1000 / perSecond;
}
