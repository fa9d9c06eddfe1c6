/**
 * Probes are steady, open-loop users (20 beats a second for each class or fewer, each on a kept and on a fresh connection) whose
 * only job is to see outages precisely. Their samples are operations of the history with `probe` set.
 */

/** Beats a second of every probe stream: a bracket of an outage is then at most 0.1 s wide plus the time of one answer. */
export const BEATS_PER_SECOND = 20;

/** Time from one beat of a stream to the next at that rate; without one, at the usual. */
export function beatEveryMs(perSecond: number = BEATS_PER_SECOND): number {
  return 1000 / perSecond;
}
