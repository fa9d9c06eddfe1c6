/**
 * A whole run on the fake in virtual time: platform, users, probes, conductor and ledger, in memory. The same seed produces the
 * same bytes. The judge is measured against it: 1,000 seeds take about a minute.
 */
import { EVIDENCE_VERSION, type Evidence } from "../../src/evidence.ts";
import type { ClaimPlan, Objective } from "../../src/plan.ts";
import { Agenda } from "../../src/platform/fake/agenda.ts";
import { type BehaviourChange, behave, type Spread } from "../../src/platform/fake/behaviour.ts";
import { Site } from "../../src/platform/fake/site.ts";
import { seededRandom } from "../../src/std/random.ts";
import { Conductor } from "./conductor.ts";
import { type CrewOptions, SimulatedCrew } from "./crew.ts";
import type { DrillName } from "./drill.ts";
import { PROBE_CLASSES, type ProbeClass } from "./probing.ts";
import { FakeRecorder } from "./recorder.ts";
import { CLAIMS, RUN_ID, simulatedPlan } from "./simulated-plan.ts";

export interface SimulationOptions {
  readonly seed: string;
  /** Lies and variations, applied to an honest platform. */
  readonly changes?: readonly BehaviourChange[];
  readonly drills?: readonly DrillName[];
  readonly objectives?: readonly Objective[];
  /** Claims other than those of simulated-plan.ts. */
  readonly claims?: readonly ClaimPlan[];
  readonly users?: number;
  readonly thinkMs?: Spread;
  readonly warmUpMs?: number;
  readonly calmMs?: number;
  readonly probes?: readonly ProbeClass[];
  /**
   * Runs the autoscaler. The load is held for `upMs` so that it can scale up; the run lasts `downMs` after the load so that it
   * can scale down.
   */
  readonly scaling?: { readonly upMs: number; readonly downMs: number };
}

export type Settled = CrewOptions & Required<Omit<SimulationOptions, "changes" | "scaling">>;

/** Runs the simulation to its end. This takes about 50 ms for two simulated minutes. */
export function simulateRun(options: SimulationOptions): Evidence {
  const settled = settle(options);
  const random = seededRandom(settled.seed);
  const agenda = new Agenda();
  const recorder = new FakeRecorder();
  const { behaviour } = settled;
  const site = new Site({ agenda, random, behaviour, emit: (event) => recorder.event(event) });
  const plan = simulatedPlan({ ...settled, name: "fake" });
  const crew = new SimulatedCrew(site, recorder, random, settled);
  const conductor = new Conductor({
    site,
    plan,
    drills: settled.drills,
    recorder,
    random: random.fork("conductor"),
    crew,
  });
  for (const waitMs of conductor.run()) agenda.runUntil(agenda.nowMs + waitMs);
  return evidenceOf(plan, settled, recorder);
}

/** Fills in what the options leave open. */
export function settle(options: SimulationOptions): Settled {
  return {
    seed: options.seed,
    behaviour: behave(options.changes ?? []),
    drills: options.drills ?? ["kill-postgres-leader"],
    objectives: options.objectives ?? [],
    claims: options.claims ?? CLAIMS,
    users: options.users ?? 12,
    thinkMs: options.thinkMs ?? [60, 180],
    warmUpMs: options.warmUpMs ?? 10_000,
    calmMs: options.calmMs ?? 8_000,
    probes: options.probes ?? PROBE_CLASSES,
    scaling: options.scaling ?? null,
  };
}

function evidenceOf(plan: Evidence["run"]["plan"], { seed }: Settled, recorder: FakeRecorder): Evidence {
  return {
    run: {
      version: EVIDENCE_VERSION,
      runId: RUN_ID,
      plan,
      seed,
      command: `simulated on the fake platform with seed ${seed}`,
      startedAt: "2026-01-01T00:00:00.000Z",
      tool: { name: "gameday", version: "simulated" },
      environment: { platform: "fake", time: "virtual" },
    },
    timeline: recorder.timeline,
    operations: () => recorder.operations,
    intervals: () => recorder.intervals,
    ledger: () => recorder.ledger,
    flaws: [],
  };
}
