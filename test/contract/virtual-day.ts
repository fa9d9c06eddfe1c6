/** Plays a whole game day in virtual time: the real conductor, the real injection and the real judge on the quick fake. */
import type { ExperimentPlan, Objective, Plan } from "../../src/plan.ts";
import { type BehaviourChange, behave } from "../../src/platform/fake/behaviour.ts";
import { QUICK } from "../../src/platform/fake/quick.ts";
import { simulatedPlan } from "../../src/run/run.fixture.ts";
import { judge } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import { conductRun } from "../simulator/conduct.ts";

export interface VirtualDay {
  readonly experiments: readonly ExperimentPlan[];
  readonly objectives: readonly Objective[];
  readonly changes: readonly BehaviourChange[];
}

const USERS = {
  users: 6,
  thinkMs: [60, 180],
  probes: ["order-write", "session-write", "read"],
  scaling: null,
} as const;

/** Plays the game day and judges its recordings. */
export async function playVirtually(day: VirtualDay): Promise<Verdict> {
  const behaviour = behave([QUICK, ...day.changes]);
  return judge(await conductRun({ plan: planOf(day), seed: "1", crew: { ...USERS, behaviour } }));
}

function planOf({ experiments, objectives }: VirtualDay): Plan {
  const users = { durationMs: 500, target: USERS.users };
  const plan = simulatedPlan({ experiments: [...experiments], objectives: [...objectives] });
  return {
    ...plan,
    platform: { kind: "fake" },
    load: { ...plan.load, stages: [users] },
    warmUpMs: 4_000,
    calmMs: 4_000,
  };
}
