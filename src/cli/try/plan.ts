/** The plan of a try: the same platform, scripts, probes and claims, but no faults, and each thing only once. Pure. */
import type { LoadPlan, Plan } from "../../plan.ts";

/** Long enough for some beats of each probe, the slowest of which beats once a second. */
const BEATS_MS = 3_000;
const BETWEEN_READS_MS = 500;
/** An iteration with long think times is cut off, which is no mistake. */
const ITERATION_MS_MAX = 20_000;

/** Returns the plan to play for a try: one user for each scenario, with one iteration. */
export function tryPlan(plan: Plan): Plan {
  return {
    ...plan,
    load: oneIteration(plan.load),
    experiments: [],
    objectives: [],
    autoscaling: null,
    warmUpMs: BEATS_MS,
    calmMs: 0,
    plateauMs: 0,
    ledger: {
      ...plan.ledger,
      quietMs: Math.min(plan.ledger.quietMs, BETWEEN_READS_MS),
      betweenReadsMs: BETWEEN_READS_MS,
    },
  };
}

function oneIteration({ scenarios, env, client }: LoadPlan): LoadPlan {
  return {
    scenarios: scenarios.map(({ file }) => ({ file, weight: 1 })),
    executor: "per-vu-iterations",
    stages: [{ durationMs: 0, target: scenarios.length }],
    iterations: 1,
    iterationsWithinMs: ITERATION_MS_MAX,
    workers: 1,
    gracefulStopMs: 1_000,
    env,
    thresholds: {},
    ...(client !== undefined && { client }),
  };
}
