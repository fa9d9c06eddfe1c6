import { faultNamed } from "../fault/catalogue.ts";
import { type Injection, inject, planRound } from "../fault/injection.ts";
import { resolveParameters } from "../fault/parameter.ts";
import { blastRadiusOf } from "../fault/selector.ts";
import type { ChangeRequest } from "../fault.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";
import { type Random, seededRandom } from "../std/random.ts";

/** How long after the end of its hold a fault expires by itself: longer than injecting and healing ever take. */
const EXPIRY_MARGIN_MS = 60_000;

/** Returns the nodes that the experiment would hit now. */
export async function nodesToHit(run: Run, experiment: ExperimentPlan): Promise<string[]> {
  const topology = await run.platform.topology(run.stop.signal);
  return [...new Set(requestsOf(run.seed, experiment, topology).map(({ target }) => target.node))];
}

/** Returns the changes that an experiment would make on this topology, by the run's seed. Pure. */
export function requestsOf(seed: string, experiment: ExperimentPlan, topology: readonly Target[]): ChangeRequest[] {
  const kind = faultNamed(experiment.fault);
  const parameters = resolveParameters(kind, experiment.parameters);
  const random = seededRandom(seed).fork(`experiment ${experiment.name}`).fork("choice 0");
  const radius = blastRadiusOf(experiment.blastRadius);
  const rounds = planRound(kind, experiment.selector, parameters, topology, random, radius);
  return rounds.flatMap(({ requests }) => requests);
}

function randomOf(run: Run, experiment: ExperimentPlan): Random {
  return seededRandom(run.seed).fork(`experiment ${experiment.name}`);
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
  const kind = faultNamed(experiment.fault);
  const parameters = resolveParameters(kind, experiment.parameters);
  const placed = kind.needs.includes("command") ? { ...parameters, folder: run.planFolder } : parameters;
  return inject(run.platform, kind, experiment.selector, placed, {
    experiment: experiment.name,
    runId: run.runId,
    clock: run.clock,
    journal: run.journal,
    emit: (event) => run.evidence.event(event),
    random: randomOf(run, experiment),
    blastRadius: blastRadiusOf(experiment.blastRadius),
    expiresAfterMs: experiment.holdMs + EXPIRY_MARGIN_MS,
    signal: run.stop.signal,
    assertGuarded: run.assertGuarded,
    chosen,
  });
}
