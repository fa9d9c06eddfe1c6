import type { ExecutorKind } from "../executor.ts";
import { constant } from "./area.ts";
import { brokenUsers, describeUsers } from "./users.ts";

export const constantVus: ExecutorKind = {
  name: "constant-vus",
  schedule: { model: "users", ramping: false },
  needed: [],
  allowed: ["vus", "duration"],
  instead: {
    stages: "ramping-vus has stages",
    rampUp: "ramping-vus ramps up",
    rate: "constant-arrival-rate has a rate",
  },
  contradictions: brokenUsers,
  shape: ({ vus = 1, duration }) => ({
    stages: constant(vus),
    ...(duration === undefined ? {} : { holdMs: duration }),
  }),
  describe: (plan, loadMs) => describeUsers(plan, loadMs, false),
};
