import type { Interval } from "../interval.ts";

/** A generator that had nothing to do. */
export const IDLE_HEALTH: Interval["health"] = {
  loopDelayMsP99: 0,
  loopDelayMsMax: 0,
  cpu: 0,
  rssBytes: 0,
  gcPauseMs: 0,
  sendLagMsP50: 0,
  sendLagMsMax: 0,
};
