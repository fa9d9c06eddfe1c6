import { setTimeout as delay } from "node:timers/promises";
import type { ExperimentPlan } from "../plan.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { becomeHealthy } from "./health.ts";

/** How long a platform may take to be whole before a fault; longer is a stop condition, for a fault on a broken platform proves nothing. */
const WHOLE_BEFORE_MS = 120_000;

/**
 * One experiment: healthy before, inject and prove the bite, hold, heal and prove it, healthy after, settle. Returns
 * whether the next one may begin. The fault is healed on every way out of here.
 */
export async function runExperiment(run: Run, experiment: ExperimentPlan): Promise<boolean> {
  const stop = run.stop.signal;
  const name = experiment.name;
  if (
    !(await becomeHealthy(run, { moment: "before-fault", experiment: name, deadlineMs: WHOLE_BEFORE_MS, signal: stop }))
  ) {
    abort(run, experiment, "the platform was not healthy before the fault");
    return false;
  }
  const injected = await injectAndHold(run, experiment);
  if (!injected) return true; // nothing was broken: the next experiment is as good as it was
  const healthy = await becomeHealthy(run, {
    moment: "after-fault",
    experiment: name,
    deadlineMs: experiment.recoverWithinMs,
    signal: stop,
  });
  if (healthy) await delay(experiment.settleMs, undefined, { signal: stop });
  return healthy;
}

async function injectAndHold(run: Run, experiment: ExperimentPlan): Promise<boolean> {
  try {
    await using injected = await run.parts.inject(run, experiment, run.stop.signal);
    const targets = injected.targets.map(({ id, role, node }) => ({ id, role, node }));
    mark(run, experiment, "begin", targets);
    await delay(experiment.holdMs, undefined, { signal: run.stop.signal });
  } catch (thrown) {
    if (run.stop.signal.aborted) throw thrown;
    abort(run, experiment, messageOf(thrown));
    return false;
  }
  mark(run, experiment, "end", []);
  return true;
}

function mark(
  run: Run,
  experiment: ExperimentPlan,
  edge: "begin" | "end",
  targets: { id: string; role: string; node: string }[],
): void {
  const { name, fault } = experiment;
  run.evidence.event({ atMs: run.clock.nowMs(), type: "experiment", experiment: name, fault, edge, targets });
}

function abort(run: Run, experiment: ExperimentPlan, because: string): void {
  const { name, fault } = experiment;
  run.evidence.event({
    atMs: run.clock.nowMs(),
    type: "experiment",
    experiment: name,
    fault,
    edge: "aborted",
    targets: [],
    because,
  });
}
