import { planExperiment, requestsOf } from "../fault/choice.ts";
import { type Injection, inject } from "../fault/injection.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";

/** How long after the end of its hold a fault expires by itself: longer than injecting and healing ever take. */
const EXPIRY_MARGIN_MS = 60_000;

/** Returns the nodes that the experiment would hit now. */
export async function nodesToHit(run: Run, experiment: ExperimentPlan): Promise<string[]> {
  const topology = await run.platform.topology(run.stop.signal);
  return [...new Set(requestsOf(experiment, run, topology).map(({ target }) => target.node))];
}

/**
 * Injects an experiment's fault. The targets are chosen by the run's seed and the experiment's name, and passed to `chosen`
 * before anything is changed.
 */
export function injectExperiment(
  run: Run,
  experiment: ExperimentPlan,
  chosen: (targets: readonly Target[], standing: readonly Target[]) => void,
): Promise<Injection> {
  return inject(run.platform, planExperiment(experiment, run), {
    experiment: experiment.name,
    runId: run.runId,
    clock: run.clock,
    journal: run.journal,
    emit: (event) => run.evidence.event(event),
    expiresAfterMs: experiment.holdMs + EXPIRY_MARGIN_MS,
    signal: run.stop.signal,
    assertGuarded: run.assertGuarded,
    chosen,
  });
}
