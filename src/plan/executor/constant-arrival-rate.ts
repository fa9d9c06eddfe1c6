import type { ExecutorKind } from "../executor.ts";
import { constant } from "./area.ts";
import { brokenArrivals, describeArrivals, perSecond, usersOf } from "./arrivals.ts";

export const constantArrivalRate: ExecutorKind = {
  name: "constant-arrival-rate",
  schedule: { model: "arrivals", ramping: false },
  needed: ["rate"],
  allowed: ["rate", "timeUnit", "duration", "preAllocatedVUs", "maxVUs"],
  instead: {
    stages: "ramping-arrival-rate has stages",
    vus: "users are started as arrivals need them, up to maxVUs",
  },
  contradictions: brokenArrivals,
  shape: (options) => ({
    stages: constant(perSecond(options)(options.rate ?? 0)),
    ...(options.duration === undefined ? {} : { holdMs: options.duration }),
    ...usersOf(options),
  }),
  describe: (plan, loadMs) => describeArrivals(plan, loadMs, false),
};
