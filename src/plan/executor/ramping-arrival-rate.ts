import type { ExecutorKind } from "../executor.ts";
import { brokenArrivals, describeArrivals, perSecond, usersOf } from "./arrivals.ts";

export const rampingArrivalRate: ExecutorKind = {
  name: "ramping-arrival-rate",
  schedule: { model: "arrivals", ramping: true },
  needed: ["stages"],
  allowed: ["stages", "startRate", "timeUnit", "preAllocatedVUs", "maxVUs"],
  instead: {
    rate: "startRate and the stages' targets are the rates",
    duration: "the stages determine the duration",
  },
  contradictions: brokenArrivals,
  shape: (options) => {
    const { stages = [], startRate } = options;
    const each = perSecond(options);
    return {
      stages: stages.map(({ duration, target }) => ({ durationMs: duration, target: each(target) })),
      ...(startRate === undefined ? {} : { startTarget: each(startRate) }),
      ...usersOf(options),
    };
  },
  describe: (plan, loadMs) => describeArrivals(plan, loadMs, true),
};
