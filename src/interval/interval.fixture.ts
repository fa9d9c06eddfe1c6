import type { Interval } from "../interval.ts";

/** The health of a generator that had nothing to do. */
export const IDLE_HEALTH: Interval["health"] = {
  loopDelayMsP99: 0,
  loopDelayMsMax: 0,
  cpu: 0,
  rssBytes: 0,
  gcPauseMs: 0,
  sendLagMsP50: 0,
  sendLagMsMax: 0,
};

/** Returns an interval of one second in which a worker had one user, with the given fields replaced. */
export function aSecond(told: Partial<Interval> = {}): Interval {
  const times = { sequence: 1, fromMs: 0, toMs: 1_000 };
  const quiet = { users: 1, usersIntended: 1, dropped: 0, metrics: [], health: IDLE_HEALTH };
  return { worker: "w0", epoch: 1, ...times, ...quiet, ...told };
}
