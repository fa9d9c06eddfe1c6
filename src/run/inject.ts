import { faultNamed } from "../fault/catalogue.ts";
import { type Injection, inject } from "../fault/injection.ts";
import { resolveParameters } from "../fault/parameter.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";
import { seededRandom } from "../std/random.ts";

/** A fault undoes itself without us this long after the end of its hold: longer than injecting and healing ever take. */
const EXPIRY_MARGIN_MS = 60_000;

/** Injects an experiment's fault: targets by the run's seed and the experiment's name, told to `chosen` before anything is changed. */
export function injectExperiment(
  run: Run,
  experiment: ExperimentPlan,
  chosen: (targets: readonly Target[]) => void,
): Promise<Injection> {
  const kind = faultNamed(experiment.fault);
  return inject(run.platform, kind, experiment.selector, resolveParameters(kind, experiment.parameters), {
    experiment: experiment.name,
    runId: run.runId,
    clock: run.clock,
    journal: run.journal,
    emit: (event) => run.evidence.event(event),
    random: seededRandom(run.seed).fork(`experiment ${experiment.name}`),
    expiresAfterMs: experiment.holdMs + EXPIRY_MARGIN_MS,
    signal: run.stop.signal,
    assertGuarded: run.assertGuarded,
    chosen,
  });
}
