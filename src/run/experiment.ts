import { setTimeout as delay } from "node:timers/promises";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { becomeHealthy } from "./health.ts";
import { injectExperiment } from "./inject.ts";
import { startInside } from "./inside.ts";

/** How long a platform may take to be whole before a fault; longer is a stop condition, for a fault on a broken platform proves nothing. */
export const WHOLE_BEFORE_MS = 120_000;

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
    mark(run, experiment, { edge: "aborted", because: "the platform was not healthy before the fault" });
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
  let targets: readonly Target[] = [];
  try {
    await using _inside = await startInside(run, experiment);
    await using _injection = await injectExperiment(run, experiment, (chosen) => {
      targets = chosen;
      mark(run, experiment, { edge: "begin", targets });
    });
    await delay(experiment.holdMs, undefined, { signal: run.stop.signal });
  } catch (thrown) {
    const because = messageOf(run.stop.signal.aborted ? run.stop.signal.reason : thrown);
    mark(run, experiment, { edge: "aborted", targets, because });
    if (run.stop.signal.aborted) throw thrown;
    return false;
  }
  mark(run, experiment, { edge: "end", targets });
  return true;
}

interface Mark {
  readonly edge: "begin" | "end" | "aborted";
  readonly targets?: readonly Target[];
  readonly because?: string;
}

/** Tells the timeline of an edge of an experiment. */
export function mark(run: Run, experiment: ExperimentPlan, { edge, targets = [], because }: Mark): void {
  run.evidence.event({
    atMs: run.clock.nowMs(),
    type: "experiment",
    experiment: experiment.name,
    fault: experiment.fault,
    edge,
    targets: targets.map(({ id, role, node }) => ({ id, role, node })),
    ...(because !== undefined && { because }),
  });
}
