import type { ExecutorKind, ExecutorOptions, LoadShape, OptionProblem } from "../executor.ts";
import { brokenUsers, describeUsers } from "./users.ts";

const RAMP_UP_MS = 5_000;

export const rampingVus: ExecutorKind = {
  name: "ramping-vus",
  schedule: { model: "users", ramping: true },
  needed: [],
  allowed: ["vus", "rampUp", "startVUs", "stages"],
  instead: {
    duration: "the stages determine the duration; constant-vus has a duration",
    rate: "constant-arrival-rate has a rate",
  },
  contradictions: (options) => [...twoShapes(options), ...brokenUsers(options)],
  shape: shapeOf,
  describe: (plan, loadMs) => describeUsers(plan, loadMs, true),
};

function twoShapes({ vus, rampUp, stages }: ExecutorOptions): OptionProblem[] {
  if (stages === undefined || (vus ?? rampUp) === undefined) return [];
  return [{ at: [vus === undefined ? "rampUp" : "vus"], expected: "absent beside stages", got: "both" }];
}

/** With `vus`, the load is one ramp whose first user is present at once. With `stages`, k6's own option gives the start. */
function shapeOf({ vus = 1, rampUp = RAMP_UP_MS, startVUs, stages }: ExecutorOptions): LoadShape {
  const startTarget = startVUs ?? (stages === undefined ? 1 : undefined);
  const lines = stages ?? [{ duration: rampUp, target: vus }];
  return {
    stages: lines.map(({ duration, target }) => ({ durationMs: duration, target })),
    ...(startTarget === undefined ? {} : { startTarget }),
  };
}
