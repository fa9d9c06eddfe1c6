/** The resolved plan of a simulated run, as a person would have written it for this fake. */

import type { ClaimPlan, Objective, Plan } from "../../src/plan.ts";
import { DEFAULT_STOP_PLAN } from "../../src/plan.ts";
import type { Behaviour } from "../../src/platform/fake/behaviour.ts";
import { DRILLS, type DrillName } from "./drill.ts";

/** The id of all simulated runs, so that ids are the same from run to run. */
export const RUN_ID = "simulated";

export interface PlanShape {
  readonly name: string;
  readonly seed: string;
  readonly users: number;
  readonly warmUpMs: number;
  readonly calmMs: number;
  readonly drills: readonly DrillName[];
  readonly scaling: { readonly upMs: number; readonly downMs: number } | null;
  readonly objectives: readonly Objective[];
  readonly claims?: readonly ClaimPlan[];
  readonly behaviour: Behaviour;
}

/** What the demo platform claims about its objects. */
export const CLAIMS: readonly ClaimPlan[] = [
  claim("orders", ["acked-set", "duplicates"], "/audit/orders"),
  claim("sessions", ["acked-set"], "/audit/sessions"),
  claim("sold", ["counter-bounds"], "/audit/sold"),
  unread("prices", ["linearizable", "staleness"], { model: "register", declaredLagMs: 0 }),
  unread("profiles", ["read-your-writes", "monotonic-reads"]),
];

export function simulatedPlan(shape: PlanShape): Plan {
  const { scaling, app } = shape.behaviour;
  const autoscaler = {
    minReplicas: app.replicas,
    maxReplicas: 10,
    targetCPUUtilizationPercentage: 60,
    scaleDownStabilizationWindowSeconds: scaling.stabilisationMs / 1000,
  };
  return {
    version: 1,
    name: shape.name,
    seed: shape.seed,
    platform: { kind: "fake", ...(shape.scaling === null ? {} : { autoscaler }) },
    load: loadOf(shape),
    probes: { file: "/simulated/probes.ts" },
    warmUpMs: shape.warmUpMs,
    calmMs: shape.calmMs,
    stopWhen: DEFAULT_STOP_PLAN,
    autoscaling: shape.scaling && {
      up: { replicas: 10, withinMs: shape.scaling.upMs },
      down: { replicas: app.replicas, withinMs: shape.scaling.downMs },
    },
    experiments: shape.drills.map((name) => DRILLS[name].plan),
    claims: shape.claims ?? CLAIMS,
    ledger: { quietMs: 2000, betweenReadsMs: 3000 },
    cleanUp: { kind: "http", method: "POST", path: "/audit/clean-up" },
    objectives: shape.objectives,
  };
}

function loadOf({ users, warmUpMs, calmMs }: PlanShape): Plan["load"] {
  return {
    scenarios: [{ file: "/simulated/shop.ts", weight: 1 }],
    executor: "constant-vus",
    stages: [{ durationMs: warmUpMs + calmMs, target: users }],
    workers: 1,
    gracefulStopMs: 5000,
    env: {},
    thresholds: {},
  };
}

/** Returns a claim about what clients observed of each other, without a ledger. */
function unread(object: string, checkers: readonly string[], options: ClaimPlan["options"] = {}): ClaimPlan {
  return { object, checkers, options, source: { kind: "none" } };
}

function claim(object: string, checkers: readonly string[], path: string): ClaimPlan {
  return { object, checkers, options: {}, source: { kind: "http", path } };
}
